// Corrections: a movement is never edited, it is reversed, with a reason; what should have been booked follows it.
import type Database from 'better-sqlite3';
import { type Posting, reversed } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import { actorWords } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { PayoutCalls, ReplacingLine } from '../port.ts';

export function createCorrections(
  db: Database.Database,
  books: Books,
  audit: Audit,
): Pick<PayoutCalls, 'correctMovement'> {
  const sourceOf = db.prepare<[number], string>('SELECT source FROM movement WHERE id = ?').pluck();
  const known = db.prepare<[number], number>('SELECT 1 FROM correction WHERE movement_id = ?').pluck();
  const postings = db.prepare<[number], Posting>(
    'SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id = ? ORDER BY line',
  );
  const insert = db.prepare('INSERT INTO correction (movement_id, reason, actor, at_ms) VALUES (?, ?, ?, ?)');

  return {
    correctMovement({ movementId, reason, replacement }, by) {
      const from = sourceOf.get(movementId);
      if (from === undefined) return { kind: 'movement_unknown' };
      if (from === 'payout') return { kind: 'is_payout' };
      if (known.get(movementId) !== undefined) return { kind: 'already_corrected' };
      const wrong = unbalanced(replacement);
      if (wrong) return { kind: 'unbalanced', ...wrong };
      insert.run(movementId, reason, actorWords(by.actor), by.nowMs);
      const source = { kind: 'reversal', ref: movementId } as const;
      const back = reversed(postings.all(movementId));
      const booked = books.piece(() => ({
        reversal: books.addMovement(source, 'correction', back, by.nowMs),
        replacement:
          replacement.length === 0 ? null : books.addMovement(source, 'adjustment', replacement, by.nowMs),
      }));
      audit(by, 'movement.correct', `movement ${movementId}`, { reason, ...booked });
      return { kind: 'corrected', ...booked };
    },
  };
}

/** The first currency whose lines do not sum to zero. */
function unbalanced(lines: readonly ReplacingLine[]): { currency: string; sumMinor: number } | null {
  for (const [currency, some] of Map.groupBy(lines, (line) => line.currency)) {
    const sumMinor = some.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    if (sumMinor !== 0) return { currency, sumMinor };
  }
  return null;
}
