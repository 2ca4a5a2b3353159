// A file's bytes as numbered lines, one at a time: however long the file or a line of it is, little is held.

/** Bytes as a file stream or a download gives them. */
export type Bytes = AsyncIterable<Uint8Array>;

export interface Line {
  /** As an editor counts. */
  number: number;
  /** Without its line break. Bytes that are no UTF-8 read U+FFFD. */
  text: string;
  /** Only its beginning was kept. */
  cut: boolean;
}

export const lineCharactersMax = 64 * 1024;

/** The lines of a text in UTF-8, with or without a byte order mark, ended by LF or CRLF. */
export async function* linesOf(bytes: Bytes): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8');
  let number = 1;
  let rest = '';
  let cut = false;
  for await (const chunk of bytes) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      yield lineOf(number++, text.slice(from, to), cut);
      cut = false;
      from = to + 1;
    }
    rest = text.slice(from);
    if (rest.length > lineCharactersMax) {
      rest = rest.slice(0, lineCharactersMax);
      cut = true;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield lineOf(number, rest, cut);
}

function lineOf(number: number, text: string, cut: boolean): Line {
  const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
  if (cut || whole.length > lineCharactersMax) {
    return { number, text: whole.slice(0, lineCharactersMax), cut: true };
  }
  return { number, text: whole, cut: false };
}
