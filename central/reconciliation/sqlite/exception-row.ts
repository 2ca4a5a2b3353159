// An exception as it lies in the database.
import type { ExceptionView } from '../exceptions.ts';

export const exceptionColumns = `ref, status, processor, reference, currency, amount_minor AS amountMinor,
  difference_minor AS differenceMinor, state, settled_as AS settledAs, owner, since_ms AS sinceMs, opened_ms AS openedMs,
  chase_due_ms AS chaseDueMs, settled_ms AS settledMs, merged_into AS mergedInto, split_from AS splitFrom, rows,
  rows_count AS rowsCount FROM exception`;

export type ExceptionFields = Omit<ExceptionView, 'rows'> & { rows: string };

export function exceptionView(fields: ExceptionFields): ExceptionView {
  return { ...fields, rows: JSON.parse(fields.rows) };
}
