// A CSV file of a person's, row by row: however long it is, one row is held at a time and the mistakes are bounded.
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { fileMissing, notUtf8 } from '../errors.ts';

export interface CsvMistake {
  file: string;
  /** As an editor counts: the header is line 1. */
  line: number;
  /** Empty when it is the row as a whole. */
  column: string;
  problem: string;
}

export const mistakesListedMax = 20;

/** Keeps the first mistakes, and counts them all. */
export interface Mistakes {
  readonly listed: CsvMistake[];
  readonly total: number;
  add(mistake: CsvMistake): void;
}

export function noMistakes(): Mistakes {
  const listed: CsvMistake[] = [];
  let total = 0;
  return {
    listed,
    get total() {
      return total;
    },
    add(mistake) {
      total++;
      if (listed.length < mistakesListedMax) listed.push(mistake);
    },
  };
}

export interface CsvColumns<Column extends string> {
  known: readonly Column[];
  required: readonly Column[];
}

export interface CsvRow<Column extends string> {
  line: number;
  /** The cell without the space around it; undefined when it is empty or its column is absent. */
  cell(column: Column): string | undefined;
  /** Notes what is wrong with it. */
  wrong(column: Column | '', problem: string): void;
}

interface Parsed {
  record: Record<string, string>;
  info: { lines: number };
}

const rowBytesMax = 64 * 1024;

/**
 * The rows of a UTF-8 file with a header line that names the columns; nothing after a wrong header, nothing after
 * what is no CSV at all: each is one mistake then.
 * @throws CommandError file_missing, file_malformed when it is not UTF-8
 */
export async function* readCsv<Column extends string>(
  path: string,
  columns: CsvColumns<Column>,
  mistakes: Mistakes,
): AsyncGenerator<CsvRow<Column>> {
  const file = basename(path);
  const isColumn = (name: string): name is Column => columns.known.some((column) => column === name);
  let wrongHeader = false;
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: rowBytesMax,
    columns: (header: string[]) => {
      for (const [column, problem] of headerMistakes(header, columns)) {
        mistakes.add({ file, line: 1, column, problem });
        wrongHeader = true;
      }
      // An unknown column is named once, above, and left out of every row.
      return header.map((name) => (isColumn(name) ? name : false));
    },
  });
  // The parser ends with the error of the file, so that it is seen below.
  pipeline(Readable.from(textOf(path)), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      // With a wrong header every row would be wrong too: that mistake is enough to read.
      if (wrongHeader) return;
      yield {
        line: info.lines,
        cell: (column) => record[column]?.trim() || undefined,
        wrong: (column, problem) => mistakes.add({ file, line: info.lines, column, problem }),
      };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    mistakes.add({ file, line: lines ?? 1, column: '', problem: error.message });
  } finally {
    parser.destroy();
  }
}

function headerMistakes<Column extends string>(
  header: readonly string[],
  { known, required }: CsvColumns<Column>,
): [column: string, problem: string][] {
  const names: readonly string[] = known;
  return [
    ...required
      .filter((name) => !header.includes(name))
      .map((name): [string, string] => [name, 'this column is missing from the header']),
    ...header
      .filter((name) => !names.includes(name))
      .map((name): [string, string] => [name, `not a column; use ${known.join(',')}`]),
    ...header
      .filter((name, i) => header.indexOf(name) !== i)
      .map((name): [string, string] => [name, 'this column is there twice']),
  ];
}

async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (error) {
      throw notUtf8(path, error);
    }
  };
  const bytes: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of bytes) yield decode(chunk);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : fileMissing(path, error);
  }
  yield decode();
}
