import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather } from '../fixtures/reports/collect.ts';
import { type Line, lineCharactersMax, linesOf } from './lines.ts';

async function read(...chunks: Uint8Array[]): Promise<Line[]> {
  return gather(linesOf(stream(chunks)));
}

async function* stream(chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

describe('linesOf', () => {
  it('numbers lines, takes both line breaks and a last line without one, and drops the byte order mark', async () => {
    const lines = await read(Buffer.from('\ufeffa\r\n\r\nb\nc'));
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'b'],
      [4, 'c'],
    ]);
  });

  it('reads the same lines wherever the bytes are cut', async () => {
    const bytes = Buffer.from('één,£5\r\nzwei,€6\n\n三,7');
    const expected = await read(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
        expect(await read(...chunks)).toEqual(expected);
      }),
    );
  });

  it('keeps the beginning of a line that is too long, and goes on with the next', async () => {
    const chunks = Array.from({ length: 50 }, () => Buffer.alloc(10_000, 'x'));
    const lines = await read(...chunks, Buffer.from('y\nz'));
    expect(lines.map(({ text, cut }) => [text.length, cut])).toEqual([
      [lineCharactersMax, true],
      [1, false],
    ]);
  });
});
