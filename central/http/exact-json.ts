// JSON that never rounds: a bigint is written as the integer it is, with all its digits.

/** In the language since V8 11.4, not yet in the typings of es2024. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Readers whose numbers end at 2^53 need a big-integer parser only for sums beyond it. */
export function exactJson(value: unknown): string {
  try {
    // Most answers hold none, and are written without a call for each field.
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_, field) =>
      typeof field === 'bigint' ? rawJSON(field.toString()) : field,
    );
  }
}
