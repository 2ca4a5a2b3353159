// How appliances stand in the database: shut out or let in again, and what was noticed of them.
import type Database from 'better-sqlite3';
import type { SeqRange } from '../../../contract/entry.ts';
import { present } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import { type KnownJournal, missingByWord } from '../missing.ts';
import type { DenialKind } from '../port.ts';
import type { IdentityView, MissingRange, ReplacementView, StandingCalls } from '../standing-port.ts';
import { bootsKept, runsInTwoPlaces } from '../two-places.ts';
import type { CertificateTable } from './certificates.ts';

export interface StandingTable extends Omit<StandingCalls, 'replaceAppliance'> {
  site(applianceId: string): { known: boolean; site: string | null };
  missing(applianceId: string): MissingRange[];
  /** The one it wrote in last comes last. */
  journals(applianceId: string): KnownJournal[];
  deny(applianceId: string, kind: DenialKind, reason: string, by: By): void;
}

interface JournalRow extends Omit<KnownJournal, 'inDoubt'> {
  ref: number;
  followed: 0 | 1;
}

type Denial = NonNullable<IdentityView['denial']>;

export function createStandingTable(
  db: Database.Database,
  parts: {
    audit: Audit;
    tell: Tell;
    certificates: CertificateTable;
    replacementOf(applianceId: string): ReplacementView | null;
  },
): StandingTable {
  const { audit, certificates } = parts;
  const siteOf = db.prepare<[string], { site: string | null }>('SELECT site FROM appliance WHERE id = ?');
  const everKnown = db
    .prepare<[string], number>('SELECT 1 FROM enrolment WHERE appliance_id = ? LIMIT 1')
    .pluck();
  const denialOf = db.prepare<[string], Denial>(
    'SELECT kind, reason, at_ms AS atMs, readmitted_ms AS readmittedMs FROM denial WHERE appliance_id = ?',
  );
  const insertDenial = db.prepare(
    `INSERT INTO denial (appliance_id, kind, reason, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (appliance_id) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, at_ms = excluded.at_ms,
       readmitted_ms = NULL`,
  );
  const readmit = db.prepare('UPDATE denial SET readmitted_ms = ? WHERE appliance_id = ?');
  const conditionsOf = db.prepare<[string], IdentityView['conditions'][number]>(
    'SELECT code, since_ms AS sinceMs, detail FROM appliance_condition WHERE appliance_id = ? ORDER BY code',
  );
  const raise = db.prepare(
    'INSERT INTO appliance_condition (appliance_id, code, since_ms, detail) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const endCondition = db.prepare('DELETE FROM appliance_condition WHERE appliance_id = ? AND code = ?');
  const journalsOf = db.prepare<[string], JournalRow>(
    `SELECT j.ref, j.id AS journalId, j.received_through AS receivedThrough, coalesce(c.last_seq, 0) AS lastSeq,
       EXISTS (SELECT 1 FROM salvage WHERE from_journal_ref = j.ref) AS followed
     FROM journal j JOIN appliance a ON a.ref = j.appliance_ref LEFT JOIN journal_claim c ON c.journal_ref = j.ref
     WHERE a.id = ? ORDER BY coalesce(c.at_ms, 0), j.ref`,
  );
  const doubtsOf = db.prepare<[string], SeqRange & { fromRef: number | null; sinceMs: number }>(
    `SELECT d.from_journal_ref AS fromRef, max(d.first_seq, coalesce(j.received_through, 0) + 1) AS firstSeq,
       d.last_seq AS lastSeq, d.since_ms AS sinceMs
     FROM doubt d JOIN appliance a ON a.ref = d.appliance_ref LEFT JOIN journal j ON j.ref = d.from_journal_ref
     WHERE a.id = ? AND d.state = 'open' ORDER BY d.from_journal_ref, d.first_seq`,
  );
  const followerOf = db
    .prepare<[number, string], string>(
      `SELECT next.id FROM salvage JOIN journal AS next ON next.ref = salvage.journal_ref
       JOIN journal AS one ON one.ref = salvage.from_journal_ref WHERE one.appliance_ref = ? AND one.id = ? LIMIT 1`,
    )
    .pluck();
  const refOf = db.prepare<[string], number>('SELECT ref FROM appliance WHERE id = ?').pluck();
  const boots = db.prepare<[number], { bootId: string; lastMs: number }>(
    'SELECT boot_id AS bootId, last_ms AS lastMs FROM appliance_boot WHERE appliance_ref = ? ORDER BY last_ms',
  );
  const noteBoot = db.prepare(
    `INSERT INTO appliance_boot (appliance_ref, boot_id, first_ms, last_ms) VALUES (@ref, @bootId, @nowMs, @nowMs)
     ON CONFLICT DO UPDATE SET last_ms = @nowMs`,
  );
  const forgetBoots = db.prepare('DELETE FROM appliance_boot WHERE appliance_ref = ?');
  const dropBoot = db.prepare('DELETE FROM appliance_boot WHERE appliance_ref = ? AND boot_id = ?');
  const claim = db.prepare(
    `INSERT INTO journal_claim (journal_ref, last_seq, at_ms)
     SELECT ref, @lastSeq, @nowMs FROM journal WHERE appliance_ref = @ref AND id = @journalId
     ON CONFLICT DO UPDATE SET last_seq = @lastSeq, at_ms = @nowMs`,
  );
  const firstHello = db.prepare(
    'UPDATE certificate SET first_hello_ms = ? WHERE serial = ? AND first_hello_ms IS NULL',
  );

  const site = (applianceId: string) => {
    const row = siteOf.get(applianceId);
    return { known: row !== undefined || everKnown.get(applianceId) !== undefined, site: row?.site ?? null };
  };
  const identity = (applianceId: string): IdentityView | null => {
    const { known, site: place } = site(applianceId);
    if (!known && certificates.certificates(applianceId).length === 0) return null;
    return {
      applianceId,
      site: place,
      denial: denialOf.get(applianceId) ?? null,
      conditions: [...conditionsOf.all(applianceId), ...salvaged(doubtsOf.all(applianceId))],
      certificates: certificates.certificates(applianceId),
      missing: table.missing(applianceId),
      replacement: parts.replacementOf(applianceId),
    };
  };
  const shown = (applianceId: string) => present(identity(applianceId), 'the appliance');

  const table: StandingTable = {
    site,
    identity,
    missing: (applianceId) => missingByWord(table.journals(applianceId)),
    journals(applianceId) {
      const doubts = doubtsOf.all(applianceId);
      const unnamed = doubts.filter(({ fromRef }) => fromRef === null);
      const known = journalsOf.all(applianceId).map(({ ref, followed, ...journal }) => ({
        ...journal,
        inDoubt: followed === 1 ? doubts.filter(({ fromRef }) => fromRef === ref) : null,
      }));
      if (unnamed.length === 0) return known;
      return [{ journalId: 'unknown', receivedThrough: 0, lastSeq: 0, inDoubt: unnamed }, ...known];
    },
    deny(applianceId, kind, reason, by) {
      insertDenial.run(applianceId, kind, reason, by.nowMs);
      const why = kind === 'revoked' ? 'key_compromise' : 'cessation';
      const serials = certificates.revokeBefore(applianceId, null, why, by.nowMs);
      endCondition.run(applianceId, 'identity_in_two_places');
      audit(by, `appliance.${verbs[kind]}`, `appliance ${applianceId}`, { reason, serials });
    },
    denyAppliance({ applianceId, kind, reason }, by) {
      if (identity(applianceId) === null) return { kind: 'appliance_unknown' };
      const denial = certificates.denied(applianceId);
      if (denial !== null) return { kind: 'denied_already', denial };
      const missing = table.missing(applianceId);
      if (kind === 'retired' && missing.length > 0) return { kind: 'not_received', missing };
      table.deny(applianceId, kind, reason, by);
      return { kind: 'denied', identity: shown(applianceId) };
    },
    readmitAppliance({ applianceId, reason }, by) {
      if (identity(applianceId) === null) return { kind: 'appliance_unknown' };
      if (certificates.denied(applianceId) === null) return { kind: 'not_denied' };
      readmit.run(by.nowMs, applianceId);
      audit(by, 'appliance.readmit', `appliance ${applianceId}`, { reason });
      return { kind: 'readmitted', identity: shown(applianceId) };
    },
    noteHello({ applianceId, serial, bootId, journalId, lastSeq, nowMs }) {
      const ref = refOf.get(applianceId);
      if (ref === undefined) return { raised: false };
      claim.run({ ref, journalId, lastSeq, nowMs });
      firstHello.run(nowMs, serial);
      const seen = boots.all(ref);
      noteBoot.run({ ref, bootId, nowMs });
      const others = seen.filter((boot) => boot.bootId !== bootId);
      for (const old of others.slice(0, Math.max(0, others.length - bootsKept + 1)))
        dropBoot.run(ref, old.bootId);
      const follower = followerOf.get(ref, journalId);
      const again = runsInTwoPlaces(seen, bootId);
      if (!again && follower === undefined) return { raised: false };
      // A box never goes back to a journal that it has set aside: an older copy of its disk does.
      const detail = again
        ? `the boot ${bootId} was heard again after another had begun`
        : `the journal ${journalId} was heard again after ${follower} had gone on from it`;
      return table.raiseCondition({ applianceId, code: 'identity_in_two_places', detail, nowMs });
    },
    raiseCondition({ applianceId, code, detail, nowMs }) {
      if (raise.run(applianceId, code, nowMs, detail).changes === 0) return { raised: false };
      const by: By = { actor: { kind: 'central', rule: code }, nowMs };
      audit(by, 'appliance.notice', `appliance ${applianceId}`, { code, detail });
      const about = { applianceId, site: site(applianceId).site, detail };
      parts.tell('appliance.in_two_places', `appliance ${applianceId}`, about, nowMs);
      return { raised: true };
    },
    endCondition({ applianceId, code, note }, by) {
      if (endCondition.run(applianceId, code).changes === 0) return { kind: 'condition_unknown' };
      const ref = refOf.get(applianceId);
      // What was heard before must not raise it again.
      if (ref !== undefined) forgetBoots.run(ref);
      audit(by, 'appliance.acknowledge', `appliance ${applianceId}`, { code, note });
      return { kind: 'ended', identity: shown(applianceId) };
    },
  };
  return table;
}

function salvaged(doubts: readonly (SeqRange & { sinceMs: number })[]): IdentityView['conditions'] {
  if (doubts.length === 0) return [];
  const seqs = doubts.reduce((sum, { firstSeq, lastSeq }) => sum + lastSeq - firstSeq + 1, 0);
  const sinceMs = Math.min(...doubts.map((doubt) => doubt.sinceMs));
  return [{ code: 'journal_salvaged', sinceMs, detail: `${seqs} seqs are in doubt, see \`journal doubts\`` }];
}

const verbs = { revoked: 'revoke', replaced: 'replace', retired: 'retire' } as const;
