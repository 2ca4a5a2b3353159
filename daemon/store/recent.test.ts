// What was looked up lately is remembered, and never more than was allowed.
import { expect, it } from 'vitest';
import { createRecent } from './recent.ts';

it('remembers the last half at least, and what is asked for stays', () => {
  const recent = createRecent<string, number | null>(10);
  recent.set('kept', null);
  for (let i = 0; i < 100; i++) {
    recent.set(`k${i}`, i);
    expect(recent.get('kept')).toBeNull();
  }
  const known = Array.from({ length: 100 }, (_, i) => recent.get(`k${i}`)).filter(
    (value) => value !== undefined,
  );
  expect(known.length).toBeGreaterThanOrEqual(4);
  expect(known.length).toBeLessThanOrEqual(10);
  expect(recent.get('k99')).toBe(99);
  recent.clear();
  expect(recent.get('kept')).toBeUndefined();
});
