// Whose a product is, from the cells of its row: payees and their shares, with spaces between where there are several.
import type * as z from 'zod';
import { type ProductSplit, Split } from '../ledger/split-words.ts';
import { notedIn, noteIssues, wholeNumber } from './cells.ts';
import type { CsvRow } from './csv.ts';

export const splitColumns = ['payee', 'payeeBasisPoints', 'feeBasisPoints'] as const;
type Column = (typeof splitColumns)[number];

/** Null where the product is the house's alone, or something is wrong, which is noted. */
export function readSplit(row: CsvRow<Column>, sku: string): ProductSplit | null {
  const noted = notedIn(row);
  const payees = words(row.cell('payee'));
  const shares = words(row.cell('payeeBasisPoints'));
  const feeBasisPoints = wholeNumber(noted.row, 'feeBasisPoints');
  if (payees.length === 0) {
    for (const column of ['payeeBasisPoints', 'feeBasisPoints'] as const) {
      if (row.cell(column) !== undefined) noted.row.wrong(column, 'needs a payee');
    }
    return null;
  }
  if (shares.some((share) => !/^\d{1,5}$/.test(share))) {
    noted.row.wrong('payeeBasisPoints', 'use whole numbers of basis points, with spaces between');
  } else if (shares.length !== payees.length && !(payees.length === 1 && shares.length === 0)) {
    noted.row.wrong('payeeBasisPoints', 'give one share for each payee');
  }
  const parsed = Split.safeParse({
    payees: payees.map((payee, i) => ({
      payee,
      basisPoints: shares.length === 0 ? 10_000 : Number(shares[i]),
    })),
    ...(feeBasisPoints === undefined ? {} : { feeBasisPoints }),
  });
  if (parsed.success && noted.wrong.size === 0) return { sku, split: parsed.data };
  noteIssues(noted, (parsed.error?.issues ?? []) as z.core.$ZodIssue[], columnOf);
  return null;
}

function words(cell: string | undefined): string[] {
  return cell === undefined ? [] : cell.split(/[\s;]+/);
}

function columnOf(field: string): Column {
  if (field === 'feeBasisPoints') return field;
  return field === 'basisPoints' ? 'payeeBasisPoints' : 'payee';
}
