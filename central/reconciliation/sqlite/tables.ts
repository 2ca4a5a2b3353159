// All that reconciliation keeps, as the store spreads it.
import type Database from 'better-sqlite3';
import { createBooks } from '../../ledger/sqlite/books.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { ReconciliationCalls } from '../port.ts';
import { createActing } from './acting.ts';
import { createCorrections } from './corrections.ts';
import { createExceptionRows } from './exception-row.ts';
import { createExceptionTable } from './exceptions.ts';
import { createFileTable } from './files.ts';
import { createRunTable } from './runs.ts';
import { createSettledTable, type TellSettled } from './settled.ts';

export function createReconciliationTables(
  db: Database.Database,
  { audit, tell, tellSettled }: { audit: Audit; tell: Tell; tellSettled: TellSettled },
): ReconciliationCalls {
  const books = createBooks(db);
  const rows = createExceptionRows(db);
  const { found, settleGone, ...exceptions } = createExceptionTable(
    db,
    rows,
    createCorrections(db, books, rows.note),
    tell,
  );
  return {
    ...createFileTable(db),
    ...createRunTable(db, { found, settleGone }, books),
    ...exceptions,
    ...createSettledTable(db, tellSettled),
    ...createActing(db, rows, { books, audit, tell }),
  };
}
