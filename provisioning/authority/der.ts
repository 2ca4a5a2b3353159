// The little of DER (ITU-T X.690 §8, §10) that is written by hand: a value from its parts, and object identifiers.

/** Tag, length in the shortest form, content. */
export function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(body.length)]), body]);
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
/** `[0]`, constructed. */
export const CONTEXT_0 = 0xa0;

/** An INTEGER from 0 to 127. */
export function derSmallInteger(value: number): Buffer {
  return der(0x02, Buffer.from([value]));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** The length of the value that stands first, with its tag and length; null when it is not all there. */
export function derValueLength(bytes: Uint8Array): number | null {
  const [, first] = bytes;
  if (first === undefined || first === 0x80) return null;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 4 || bytes.length < 2 + more) return null;
  const length =
    more === 0 ? first : Number(bytes.subarray(2, 2 + more).reduce((sum, one) => sum * 256 + one, 0));
  return bytes.length < 2 + more + length ? null : 2 + more + length;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Seven bits a byte, the highest bit set in all but the last. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift((left & 0x7f) | 0x80);
  }
  return bytes;
}
