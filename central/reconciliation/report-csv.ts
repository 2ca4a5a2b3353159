// What the CSV reports of all processors share: finding their columns by name, and cells that say what is wrong with them.
import { type AmountResult, amountMinor, currencyCode, type Notation } from './amount.ts';
import { csvRecords, type Separator, splitRecord } from './csv-records.ts';
import { momentMs } from './dates.ts';
import { type Bytes, type Line, linesOf } from './lines.ts';
import { notThisFormat } from './refusal.ts';
import { type AsideReason, type ReportItem, type ReportRow, setAside } from './report-row.ts';

/** Column names as a report may spell them, in lower case; the first one that is there counts. */
export type ColumnNames<Column extends string> = Record<Column, readonly string[]>;

export interface ReportColumns<Column extends string> {
  /** The report's name in words. */
  report: string;
  names: ColumnNames<Column>;
  required: readonly Column[];
  /** Where to get it, for the person who brought another file. */
  hint: string;
}

/** Thrown by a cell that cannot be read and caught around its row: the row is set aside, the file goes on. */
class CellError extends Error {
  readonly reason: AsideReason;
  readonly field: string;
  constructor(reason: AsideReason, field: string) {
    super(reason);
    this.reason = reason;
    this.field = field;
  }
}

export interface Cells<Column extends string> {
  line: number;
  /** Without the space around it; empty when the column is absent. */
  text(column: Column): string;
  /** Null when it is empty. */
  reference(column: Column): string | null;
  currency(column: Column): string;
  /** Zero when it is empty and `optional`. */
  amount(column: Column, currency: string, optional?: 'optional'): number;
  moment(column: Column, zone?: string): number;
  wrong(reason: AsideReason, column: Column): never;
}

/**
 * The rows of a report with a header line, one at a time and as they are asked for.
 * @throws CommandError file_malformed when the first line is not this report's header
 */
export async function* readReportCsv<Column extends string>(
  bytes: Bytes,
  columns: ReportColumns<Column>,
  rowOf: (cells: Cells<Column>) => ReportRow,
): AsyncGenerator<ReportItem> {
  const lines = linesOf(bytes);
  try {
    const { header, separator, at } = await readHeader(lines, columns);
    const headerText = header.join('\n');
    for await (const item of csvRecords(lines, separator, header.length)) {
      if (item.kind === 'aside') {
        yield item;
        continue;
      }
      const { line, cells } = item;
      const text = () => cells.join(separator);
      // Files put together from several parts carry it again.
      if (cells.join('\n') === headerText) {
        yield { kind: 'aside', aside: setAside(line, 'header_repeated', text()) };
        continue;
      }
      try {
        yield { kind: 'row', row: rowOf(cellsOf(line, cells, at, separator)) };
      } catch (error) {
        if (!(error instanceof CellError)) throw error;
        yield { kind: 'aside', aside: setAside(line, error.reason, text(), error.field) };
      }
    }
  } finally {
    await lines.return(undefined);
  }
}

interface Header<Column extends string> {
  header: string[];
  separator: Separator;
  at: (column: Column) => number;
}

async function readHeader<Column extends string>(
  lines: AsyncIterator<Line>,
  { report, names, required, hint }: ReportColumns<Column>,
): Promise<Header<Column>> {
  const first = await lines.next();
  const text = first.done ? '' : first.value.text;
  const separator = mostFrequent(text);
  const header = splitRecord(text, separator);
  const lower = header === 'open' ? [] : header.map((name) => name.trim().toLowerCase());
  const places = new Map<Column, number>();
  for (const column of Object.keys(names) as Column[]) {
    const name = names[column].find((candidate) => lower.includes(candidate));
    if (name === undefined) continue;
    if (lower.indexOf(name) !== lower.lastIndexOf(name)) {
      throw notThisFormat(report, text, `The column ${name} is there twice: leave one of them.`);
    }
    places.set(column, lower.indexOf(name));
  }
  const missing = required
    .filter((column) => !places.has(column))
    .map((column) => names[column].join(' or '));
  if (header === 'open' || missing.length > 0) {
    throw notThisFormat(report, text, `It lacks the columns ${missing.join(', ')}. ${hint}`);
  }
  return { header, separator, at: (column) => places.get(column) ?? -1 };
}

function cellsOf<Column extends string>(
  line: number,
  cells: readonly string[],
  at: (column: Column) => number,
  separator: Separator,
): Cells<Column> {
  const wrong = (reason: AsideReason, column: Column): never => {
    throw new CellError(reason, column);
  };
  const text = (column: Column): string => {
    const cell = cells[at(column)]?.trim() ?? '';
    return cell.includes('\ufffd') ? wrong('not_utf8', column) : cell;
  };
  return {
    line,
    text,
    reference: (column) => text(column) || null,
    currency: (column) => currencyCode(text(column)) ?? wrong('currency_unknown', column),
    amount(column, currency, optional) {
      const cell = text(column);
      if (cell === '' && optional) return 0;
      return minorOr(amountMinor(cell, currency, notationOf(cell, separator)), (reason) =>
        wrong(reason, column),
      );
    },
    moment: (column, zone) => momentMs(text(column), zone) ?? wrong('date_malformed', column),
    wrong,
  };
}

/** Files with semicolons or tabs come from places where the decimal point is a comma; one with a point is taken too. */
function notationOf(cell: string, separator: Separator): Notation {
  return { point: separator !== ',' && cell.includes(',') ? ',' : '.', ungrouped: false };
}

function minorOr(result: AmountResult, wrong: (reason: AsideReason) => never): number {
  switch (result.kind) {
    case 'amount':
      return result.minor;
    case 'malformed':
      return wrong('amount_malformed');
    case 'too_large':
      return wrong('amount_too_large');
  }
}

function mostFrequent(text: string): Separator {
  const count = (separator: Separator) => text.split(separator).length;
  const separators: Separator[] = [',', ';', '\t'];
  return separators.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}
