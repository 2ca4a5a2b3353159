// The newest state of each charge, refund and dispute, as processors' events told it. Look-ups answer from it when a
// processor does not.
import type Database from 'better-sqlite3';
import { type Standing, standingOf } from '../newer.ts';
import type { ProcessorObject } from '../object.ts';
import type { WebhookCalls } from '../port.ts';

export interface ObjectTable extends Pick<WebhookCalls, 'processorObjects' | 'processorObject'> {
  /** Keeps what was told unless something newer is known. */
  note(told: ProcessorObject): Standing;
}

const columns = `processor, kind, id, reference, charge_id AS chargeId, state, currency, amount_minor AS amountMinor,
  captured_minor AS capturedMinor, code, decline_class AS declineClass, happened_ms AS happenedMs, event_id AS eventId
  FROM processor_object`;

export function createObjectTable(db: Database.Database): ObjectTable {
  const find = db.prepare<[string, string, string], ProcessorObject>(
    `SELECT ${columns} WHERE processor = ? AND kind = ? AND id = ?`,
  );
  const ofReference = db.prepare<[string, string], ProcessorObject>(
    `SELECT ${columns} WHERE processor = ? AND reference = ? ORDER BY kind, id`,
  );
  // why coalesce and max: an event about a change of a charge may leave out its reference, and tell the change's amount.
  const put = db.prepare<[ProcessorObject]>(
    `INSERT INTO processor_object (processor, kind, id, reference, charge_id, state, currency, amount_minor,
       captured_minor, code, decline_class, happened_ms, event_id)
     VALUES (@processor, @kind, @id, @reference, @chargeId, @state, @currency, @amountMinor, @capturedMinor, @code,
       @declineClass, @happenedMs, @eventId)
     ON CONFLICT (processor, kind, id) DO UPDATE SET
       reference = coalesce(excluded.reference, reference), charge_id = coalesce(excluded.charge_id, charge_id),
       state = excluded.state, currency = excluded.currency,
       amount_minor = CASE kind WHEN 'charge' THEN max(amount_minor, excluded.amount_minor) ELSE excluded.amount_minor END,
       captured_minor = excluded.captured_minor, code = excluded.code, decline_class = excluded.decline_class,
       happened_ms = excluded.happened_ms, event_id = excluded.event_id`,
  );
  const fill = db.prepare<[ProcessorObject]>(
    `UPDATE processor_object SET reference = coalesce(reference, @reference), charge_id = coalesce(charge_id, @chargeId),
       amount_minor = CASE kind WHEN 'charge' THEN max(amount_minor, @amountMinor) ELSE amount_minor END
     WHERE processor = @processor AND kind = @kind AND id = @id`,
  );

  return {
    note(told) {
      const known = find.get(told.processor, told.kind, told.id) ?? null;
      const standing = standingOf(told, known);
      if (standing === 'newer') put.run(told);
      else if (standing === 'older') fill.run(told);
      return standing;
    },
    processorObjects: ({ processor, reference }) => ofReference.all(processor, reference),
    processorObject: ({ processor, kind, id }) => find.get(processor, kind, id) ?? null,
  };
}
