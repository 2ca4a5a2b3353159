// What the ledger's file knows of each appliance, in one question: those that were never heard are known by their codes.
import type Database from 'better-sqlite3';
import type { FleetCalls, FleetFacts, FoundCondition, JournalStanding } from '../port.ts';

interface Row extends Omit<FleetFacts, 'ended' | 'journals' | 'conditions'> {
  how: NonNullable<FleetFacts['ended']>['how'] | null;
  endedMs: number | null;
  /** JSON, as the one after it. */
  journals: string;
  conditions: string;
}

const facts = `WITH known AS (SELECT id FROM appliance UNION SELECT appliance_id FROM enrolment)
  SELECT known.id, appliance.release, appliance.last_heard_ms AS lastHeardMs, denial.kind AS how, denial.at_ms AS endedMs,
    coalesce(appliance.site,
      (SELECT site FROM enrolment WHERE appliance_id = known.id ORDER BY number DESC LIMIT 1)) AS site,
    (SELECT json_group_array(json_object(
         'journalId', journal.id, 'receivedThrough', received_through, 'lastSeq', coalesce(claim.last_seq, 0)))
       FROM journal LEFT JOIN journal_claim claim ON claim.journal_ref = journal.ref
       -- What is missing of one that another goes on from is its doubts, whatever the box once said of it.
       WHERE journal.appliance_ref = appliance.ref
         AND NOT EXISTS (SELECT 1 FROM salvage WHERE from_journal_ref = journal.ref)) AS journals,
    (SELECT json_group_array(json_object('code', code, 'sinceMs', since_ms)) FROM (
       SELECT code, since_ms FROM appliance_condition WHERE appliance_id = known.id
       UNION SELECT condition, condition_since_ms FROM journal
         WHERE appliance_ref = appliance.ref AND condition IS NOT NULL
       UNION SELECT 'journal_salvaged', min(since_ms) FROM doubt
         WHERE doubt.appliance_ref = appliance.ref AND state = 'open' HAVING count(*) > 0
     )) AS conditions
  FROM known LEFT JOIN appliance ON appliance.id = known.id
    LEFT JOIN denial ON denial.appliance_id = known.id AND denial.readmitted_ms IS NULL`;

export function createFleetFacts(db: Database.Database): FleetCalls {
  const page = db.prepare<[string, number], Row>(`${facts} WHERE known.id > ? ORDER BY known.id LIMIT ?`);
  const one = db.prepare<[string], Row>(`${facts} WHERE known.id = ?`);
  return {
    fleet({ after, limit }) {
      const rows = page.all(after ?? '', limit + 1);
      const shown = rows.slice(0, limit);
      return {
        items: shown.map(factsOf),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },
    fleetMember(applianceId) {
      const row = one.get(applianceId);
      return row ? factsOf(row) : null;
    },
  };
}

function factsOf({ how, endedMs, journals, conditions, ...rest }: Row): FleetFacts {
  return {
    ...rest,
    ended: how === null || endedMs === null ? null : { how, sinceMs: endedMs },
    journals: JSON.parse(journals) as JournalStanding[],
    conditions: JSON.parse(conditions) as FoundCondition[],
  };
}
