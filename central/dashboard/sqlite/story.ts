// The whole story of one checkout, from every table that knows of it. All but the reviews, which are few, are asked by an
// index.
import type Database from 'better-sqlite3';
import { movementColumns } from '../../ledger/sqlite/views.ts';
import type { MovementView } from '../../ledger/views.ts';
import type { WebhookView } from '../../webhooks/port.ts';
import { eventColumns, eventTables } from '../../webhooks/sqlite/views.ts';
import type { DashboardCalls, StoryEntry, StoryReview } from '../port.ts';
import { createToldOut } from './told-out.ts';

/** A checkout has a handful of each; what is more is not its story. */
const rowsMax = 200;

type EntryRow = StoryEntry & { journalRef: number };
type MovementRow = Omit<MovementView, 'postings'>;

export function createStories(db: Database.Database): Pick<DashboardCalls, 'checkoutStory'> {
  const applianceRef = db.prepare<[string], number>('SELECT ref FROM appliance WHERE id = ?').pluck();
  const columns = (
    slip: string,
  ) => `journal.ref AS journalRef, journal.id AS journalId, it.seq, it.id, it.verdict, it.state,
    it.currency, it.total_minor AS totalMinor, ${slip} AS slip, it.at_ms AS atMs, it.booked_ms AS bookedMs`;
  const joined = 'JOIN journal ON journal.ref = it.journal_ref';
  const checkout = db.prepare<[string, number], EntryRow>(
    `SELECT it.kind, ${columns('it.slip')} FROM document it ${joined} WHERE it.id = ? AND it.appliance_ref = ?`,
  );
  const decision = db.prepare<[string, number], EntryRow>(
    `SELECT 'decision' AS kind, ${columns('NULL')} FROM decision it ${joined}
     WHERE it.checkout_id = ? AND it.appliance_ref = ?`,
  );
  const following = db.prepare<[string, number, number], EntryRow>(
    `SELECT it.kind, ${columns('it.slip')} FROM document it ${joined}
     WHERE it.checkout_id = ? AND it.appliance_ref = ? ORDER BY it.ref LIMIT ?`,
  );
  const collection = db
    .prepare<[number, string], number>(
      'SELECT ref FROM collection WHERE appliance_ref = ? AND checkout_id = ?',
    )
    .pluck();
  const attempts = db.prepare<
    [number, number],
    { ref: number; processor: string; reference: string; chargeId: string | null }
  >(
    'SELECT ref, processor, reference, charge_id AS chargeId FROM attempt WHERE collection_ref = ? ORDER BY ref LIMIT ?',
  );
  const disputes = db
    .prepare<[number, number], number>('SELECT ref FROM dispute WHERE collection_ref = ? LIMIT ?')
    .pluck();
  const ofEntry = db.prepare<[number, number], MovementRow>(
    // why the first words, here and below: by them the index of a movement's source is found.
    `SELECT ${movementColumns} WHERE movement.source = 'entry' AND movement.journal_ref = ? AND movement.seq = ?`,
  );
  const ofSource = db.prepare<[string, number], MovementRow>(
    `SELECT ${movementColumns} WHERE movement.source <> 'entry' AND movement.source = ? AND movement.source_ref = ?`,
  );
  const postings = db.prepare<[number], MovementView['postings'][number]>(
    'SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id = ? ORDER BY line',
  );
  const told = (column: 'reference' | 'charge_id') =>
    db.prepare<[string, string, number], WebhookView>(
      `SELECT ${eventColumns} ${eventTables} WHERE event.processor = ? AND event.${column} = ? ORDER BY event.ref LIMIT ?`,
    );
  const toldOfReference = told('reference');
  const toldOfCharge = told('charge_id');
  const reviews = db.prepare<[number, string, number], StoryReview>(
    `SELECT number, kind, reason, state, decision, opened_ms AS openedMs FROM review
     WHERE appliance_ref = ? AND document_id = ? ORDER BY number LIMIT ?`,
  );

  const toldOut = createToldOut(db);

  return {
    checkoutStory({ applianceId, checkoutId }) {
      const box = applianceRef.get(applianceId);
      const first = box === undefined ? undefined : checkout.get(checkoutId, box);
      if (box === undefined || first === undefined) return null;
      const entries = [first, ...decision.all(checkoutId, box), ...following.all(checkoutId, box, rowsMax)];
      const collected = collection.get(box, checkoutId);
      const calls = collected === undefined ? [] : attempts.all(collected, rowsMax);
      const moved = [
        ...entries.flatMap(({ journalRef, seq }) => ofEntry.all(journalRef, seq)),
        ...calls.flatMap(({ ref }) => ofSource.all('attempt', ref)),
        ...(collected === undefined ? [] : ofSource.all('write_off', collected)),
        ...(collected === undefined ? [] : disputes.all(collected, rowsMax)).flatMap((ref) =>
          ofSource.all('dispute', ref),
        ),
      ];
      const movements = [...moved, ...moved.flatMap(({ id }) => ofSource.all('reversal', id))];
      const events = calls.flatMap(({ processor, reference, chargeId }) => [
        ...toldOfReference.all(processor, reference, rowsMax),
        ...(chargeId === null ? [] : toldOfCharge.all(processor, chargeId, rowsMax)),
      ]);
      const reviewed = entries
        .flatMap(({ id }) => reviews.all(box, id, rowsMax))
        .sort((a, b) => a.number - b.number);
      return {
        entries: entries.map(({ journalRef: _, ...entry }) => entry),
        movements: movements
          .toSorted((a, b) => a.id - b.id)
          .map((movement) => ({ ...movement, postings: postings.all(movement.id) })),
        webhooks: [...new Map(events.map((event) => [event.ref, event])).values()].sort(
          (a, b) => a.ref - b.ref,
        ),
        told: toldOut(
          applianceId,
          [checkoutId, ...entries.map(({ id }) => id)],
          reviewed.map(({ number }) => number),
        ),
        reviews: reviewed,
      };
    },
  };
}
