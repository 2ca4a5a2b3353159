// Chance that can be repeated: from a seed, the same numbers each time.
import { hash } from 'node:crypto';

/** Numbers of 0 to below 1, one after the other (mulberry32). */
export function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One number of 0 to below 1 for a text: the same whatever was drawn before, so that the order of calls does not matter. */
export function drawFor(seed: number, text: string): number {
  return Number.parseInt(hash('sha1', `${seed}\n${text}`).slice(0, 8), 16) / 2 ** 32;
}

/** So many of the values, or all where there are fewer, in their own order. */
export function drawSome<Value>(values: readonly Value[], count: number, seed: number): Value[] {
  const draw = seededDraws(seed);
  const places = values.map((_, place) => place);
  for (let at = 0; at < Math.min(count, places.length); at++) {
    const other = at + Math.floor(draw() * (places.length - at));
    [places[at], places[other]] = [places[other] as number, places[at] as number];
  }
  return places
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((place) => values[place] as Value);
}
