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

  it('hold a UUID in 16 bytes, and what only looks like one apart from it', () => {
    const part = fc.oneof(
      fc.uuid(),
      fc.uuid().map((uuid) => uuid.toUpperCase()),
      fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
      fc.constantFrom('', 'box-1.', '.charge.1', '\u00ff', 'é', '-'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''))), (texts) => {
        const names = createNames();
        expect(texts.map((text) => names.text(names.number(text)))).toEqual(texts);
        expect(names.count).toBe(new Set(texts).size);
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
