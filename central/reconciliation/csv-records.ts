// CSV records out of lines, each by itself: a quote that never closes costs its own line, not the rest of the file.
import type { Line } from './lines.ts';
import { type SetAside, setAside } from './report-row.ts';

export type Separator = ',' | ';' | '\t';

export type CsvItem = { kind: 'record'; line: number; cells: string[] } | { kind: 'aside'; aside: SetAside };

/** A record with quoted line breaks may span this many lines; beyond, the quote is held to be open by mistake. */
export const recordLinesMax = 20;

/**
 * The records of a CSV text (RFC 4180) in which every record has as many cells as `columns`. Empty lines are passed over.
 * Where several lines would make a record that is none, only the first of them is set aside and the next is read anew.
 */
export async function* csvRecords(
  lines: AsyncIterator<Line>,
  separator: Separator,
  columns: number,
): AsyncGenerator<CsvItem> {
  // Lines taken for a quoted record and given back: at most recordLinesMax.
  const waiting: Line[] = [];
  const take = async (): Promise<Line | undefined> => {
    const first = waiting.shift();
    if (first !== undefined) return first;
    const next = await lines.next();
    return next.done ? undefined : next.value;
  };
  for (let line = await take(); line !== undefined; line = await take()) {
    if (line.cut) {
      yield aside(line, 'line_too_long');
      continue;
    }
    if (line.text === '') continue;
    let cells = splitRecord(line.text, separator);
    const further: Line[] = [];
    let text = line.text;
    while (cells === 'open' && further.length < recordLinesMax - 1) {
      const next = await take();
      if (next === undefined) break;
      further.push(next);
      if (next.cut) break;
      text += `\n${next.text}`;
      cells = splitRecord(text, separator);
    }
    if (Array.isArray(cells) && cells.length === columns) {
      yield { kind: 'record', line: line.number, cells };
      continue;
    }
    waiting.unshift(...further);
    yield aside(line, cells === 'open' ? 'quote_open' : 'columns_differ');
  }
}

/** The cells of one record, or 'open' when a quoted cell has not ended with the text. */
export function splitRecord(text: string, separator: Separator): string[] | 'open' {
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at + 1) : at;
    if (end === undefined) return 'open';
    const separatorAt = text.indexOf(separator, end);
    const cellEnd = separatorAt === -1 ? text.length : separatorAt;
    const cell = quoted
      ? text.slice(at + 1, end).replaceAll('""', '"') + text.slice(end + 1, cellEnd)
      : text.slice(at, cellEnd);
    cells.push(cell);
    if (separatorAt === -1) return cells;
    at = separatorAt + 1;
  }
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return undefined;
}

function aside(line: Line, reason: 'line_too_long' | 'quote_open' | 'columns_differ'): CsvItem {
  return { kind: 'aside', aside: setAside(line.number, reason, line.text) };
}
