// Cells of a spreadsheet as values: each answers undefined for an empty cell, and notes what it cannot read.
import type { z } from 'zod';
import { issueWords } from '../../contract/issue-words.ts';
import type { CsvRow } from './csv.ts';

export function wholeNumber<Column extends string>(row: CsvRow<Column>, column: Column): number | undefined {
  const text = row.cell(column);
  if (text === undefined) return undefined;
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  row.wrong(column, `'${text}' is not a whole number`);
  return undefined;
}

export function trueOrFalse<Column extends string>(row: CsvRow<Column>, column: Column): boolean | undefined {
  const text = row.cell(column);
  if (text === undefined) return undefined;
  // Spreadsheets write it in capitals.
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  row.wrong(column, `'${text}' is neither true nor false`);
  return undefined;
}

const momentPattern =
  /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment as ISO 8601 writes it, with its zone, in milliseconds since 1970. */
export function moment<Column extends string>(row: CsvRow<Column>, column: Column): number | undefined {
  const text = row.cell(column);
  if (text === undefined) return undefined;
  const [, year, month, day] = momentPattern.exec(text) ?? [];
  const ms = Date.parse(text);
  // Date.parse takes the 31st of February for a day in March.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (year !== undefined && Number(day) <= days && !Number.isNaN(ms)) return ms;
  row.wrong(column, `'${text}' is no date and time with its zone, such as 2026-12-01T09:00+00:00`);
  return undefined;
}

/** Notes a window that ends before it begins; true when it is one to use. */
export function inOrder<Column extends string>(
  row: CsvRow<Column>,
  window: { from: Column; until: Column; fromMs: number | undefined; untilMs: number | undefined },
): boolean {
  const { fromMs, untilMs } = window;
  if (fromMs === undefined || untilMs === undefined || fromMs < untilMs) return true;
  row.wrong(window.until, `must be after ${window.from}`);
  return false;
}

/** The same row, which remembers the columns in which something was wrong. */
export function notedIn<Column extends string>(
  row: CsvRow<Column>,
): { row: CsvRow<Column>; wrong: ReadonlySet<Column | ''> } {
  const wrong = new Set<Column | ''>();
  return {
    row: {
      ...row,
      wrong(column, problem) {
        wrong.add(column);
        row.wrong(column, problem);
      },
    },
    wrong,
  };
}

/** Leaves out what is undefined: an absent field and an undefined one are not the same to a strict schema. */
export function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Notes each issue of a schema at the column that a field was read from, unless that one is known to be wrong. */
export function noteIssues<Column extends string>(
  noted: { row: CsvRow<Column>; wrong: ReadonlySet<Column | ''> },
  issues: readonly z.core.$ZodIssue[],
  columnOf: (field: string) => Column | '',
): void {
  const known = new Set(noted.wrong);
  for (const issue of issues) {
    const { path } = issue;
    const column = columnOf(String(path.findLast((part) => typeof part === 'string') ?? ''));
    const index = path.findLast((part) => typeof part === 'number');
    if (known.has(column)) continue;
    const words = issueWords(issue);
    noted.row.wrong(column, index === undefined ? words : `number ${index + 1}: ${words}`);
  }
}
