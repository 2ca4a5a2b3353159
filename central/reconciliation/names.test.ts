import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNames } from './names.ts';

describe('names', () => {
  it('give each text one number and give it back whole, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })), (texts) => {
        const names = createNames();
        const numbers = texts.map((text) => names.number(text));
        expect(numbers.map(names.text)).toEqual(texts);
        expect(names.count).toBe(new Set(texts).size);
        expect(texts.map((text) => names.number(text))).toEqual(numbers);
      }),
    );
  });

  it('hold more than a chunk of them, with texts of every length at its end', () => {
    const names = createNames();
    const texts = Array.from({ length: 60_000 }, (_, i) => `${i}.${'x'.repeat((i * 7) % 200)}`);
    for (const text of texts) names.number(text);
    expect(names.count).toBe(texts.length);
    expect(texts.every((text, i) => names.number(text) === i && names.text(i) === text)).toBe(true);
  });

  it('refuse a number that no text has', () => {
    const names = createNames();
    names.number('a');
    expect(() => names.text(1)).toThrow('has its number');
    expect(() => names.text(-1)).toThrow('has its number');
  });
});
