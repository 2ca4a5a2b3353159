// A new box in the place of an old one: what the old one wrote is here, or a person signs for what is missing; above the
// limits a second one confirms. Only then the old identity ends and the code for the new box is made.
import type Database from 'better-sqlite3';
import { assert, present } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import { needsSecondPerson, personOf, type SecondPersonLimits } from '../../people/second-person.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import { missingDeclared } from '../missing.ts';
import type {
  ApplianceReplaced,
  MissingRange,
  ReplacementAsked,
  ReplacementView,
  SignedRange,
  StandingCalls,
} from '../standing-port.ts';
import type { CertificateTable } from './certificates.ts';
import type { EnrolmentTable } from './enrolments.ts';
import type { SiteTable } from './sites.ts';
import type { StandingTable } from './standing.ts';

type Row = Omit<ReplacementView, 'missing'> & { missing: string };

export interface ReplacementTable extends Pick<StandingCalls, 'replaceAppliance'> {
  of(oldId: string): ReplacementView | null;
}

export function createReplacementTable(
  db: Database.Database,
  parts: {
    audit: Audit;
    signOffDoubts(applianceId: string, reason: string, by: By): void;
    sites: SiteTable;
    certificates: CertificateTable;
    enrolments: EnrolmentTable;
    standing(): StandingTable;
  },
): ReplacementTable {
  const { audit, signOffDoubts, sites, certificates, enrolments } = parts;
  const ofOld = db.prepare<[string], Row>(
    `SELECT number, old_id AS oldId, new_id AS newId, site, journal, state, missing, currency,
       amount_minor AS amountMinor, note, proposed_by AS proposedBy, at_ms AS atMs FROM replacement WHERE old_id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO replacement (old_id, new_id, site, journal, state, missing, currency, amount_minor, note, proposed_by,
       at_ms) VALUES (?, ?, ?, ?, 'proposed', ?, ?, ?, ?, ?, ?)`,
  );
  const drop = db.prepare("DELETE FROM replacement WHERE old_id = ? AND state = 'proposed'");
  const receivedThrough = db
    .prepare<[string, string], number>(
      `SELECT received_through FROM journal JOIN appliance ON appliance.ref = journal.appliance_ref
       WHERE appliance.id = ? AND journal.id = ?`,
    )
    .pluck();
  const done = db.prepare("UPDATE replacement SET state = 'done' WHERE old_id = ?");

  /** What came after it was signed for was found. */
  const signed = (oldId: string, range: MissingRange): SignedRange => {
    const { fromSeq, atMost } = range;
    const since = (receivedThrough.get(oldId, range.journalId) ?? 0) - fromSeq + 1;
    return { ...range, found: Math.max(0, Math.min(since, atMost ?? since)) };
  };
  const of = (oldId: string): ReplacementView | null => {
    const row = ofOld.get(oldId);
    if (row === undefined) return null;
    const missing = (JSON.parse(row.missing) as MissingRange[]).map((range) => signed(oldId, range));
    return { ...row, missing };
  };
  const proposed = (oldId: string) => present(of(oldId), 'the replacement');

  function propose(asked: ReplacementAsked, site: string, missing: MissingRange[], by: By): ReplacementView {
    const { oldId, journal, worth, note } = asked;
    const newId = asked.newId ?? sites.nextApplianceId(site);
    const money = [worth?.currency ?? null, worth?.amountMinor ?? null];
    drop.run(oldId);
    insert.run(
      oldId,
      newId,
      site,
      journal,
      JSON.stringify(missing),
      ...money,
      note,
      personOf(by.actor),
      by.nowMs,
    );
    return proposed(oldId);
  }

  function carryOut(replacement: ReplacementView, asked: ReplacementAsked, by: By): ApplianceReplaced {
    const { oldId, newId, site, journal, missing, currency, amountMinor, proposedBy } = replacement;
    done.run(oldId);
    parts.standing().deny(oldId, 'replaced', asked.note, by);
    if (journal === 'declared') signOffDoubts(oldId, asked.note, by);
    const { codeHash, expiresMs } = asked;
    const request = { site, newSite: !sites.known(site), applianceId: newId, codeHash, expiresMs };
    const made = enrolments.createEnrolment(request, by);
    assert(made.kind === 'created', 'a box nobody knows can be given a code at a site that is known');
    const about = { newId, journal, missing, currency, amountMinor, proposedBy, note: asked.note };
    audit(by, 'appliance.sign_off', `appliance ${oldId}`, about);
    return { kind: 'replaced', replacement: proposed(oldId), enrolment: made.enrolment };
  }

  /** Why it cannot be replaced at all, or at which site and with what missing it can. */
  function judge(
    asked: ReplacementAsked,
  ): ApplianceReplaced | { kind: 'may'; site: string; missing: MissingRange[] } {
    const standing = parts.standing();
    const { known, site } = standing.site(asked.oldId);
    if (!known) return { kind: 'appliance_unknown' };
    const denial = certificates.denied(asked.oldId);
    // why revoked too: what was stolen is shut out first and replaced when there is time.
    if (denial !== null && denial !== 'revoked') return { kind: 'denied_already', denial };
    if (site === null) return { kind: 'site_missing' };
    if (asked.newId !== null && standing.site(asked.newId).known) return { kind: 'new_appliance_known' };
    if (asked.journal === 'declared') {
      return { kind: 'may', site, missing: missingDeclared(standing.journals(asked.oldId), asked.lastSeq) };
    }
    const missing = standing.missing(asked.oldId);
    return missing.length > 0 ? { kind: 'not_received', missing } : { kind: 'may', site, missing: [] };
  }

  return {
    of,
    replaceAppliance(asked, by) {
      const judged = judge(asked);
      if (judged.kind !== 'may') return judged;
      const { site, missing } = judged;
      const before = of(asked.oldId);
      if (before?.state === 'proposed' && before.proposedBy !== personOf(by.actor)) {
        if (!isSame(before, asked)) return { kind: 'proposal_differs', replacement: before };
        if (parts.standing().site(before.newId).known) return { kind: 'new_appliance_known' };
        return carryOut(before, asked, by);
      }
      if (!needsAnother(asked)) return carryOut(propose(asked, site, missing, by), asked, by);
      if (before !== null && isSame(before, asked)) {
        return { kind: 'second_person_needed', replacement: before };
      }
      const replacement = propose(asked, site, missing, by);
      const { newId, journal, currency, amountMinor, note } = replacement;
      const about = { newId, journal, missing, currency, amountMinor, note };
      audit(by, 'appliance.propose_replacement', `appliance ${asked.oldId}`, about);
      return { kind: 'proposed', replacement };
    },
  };
}

/** A declared journal is money nobody has seen: what nobody can put a figure on needs a second person, where any amount does. */
function needsAnother({ journal, worth, secondPersonAboveMinor }: ReplacementAsked): boolean {
  if (journal === 'handed_over') return false;
  return worth === null
    ? isLimited(secondPersonAboveMinor)
    : needsSecondPerson([worth], secondPersonAboveMinor);
}

function isLimited(limits: SecondPersonLimits): boolean {
  return Object.keys(limits).length > 0;
}

function isSame(before: ReplacementView, asked: ReplacementAsked): boolean {
  const { journal, currency, amountMinor, newId } = before;
  const { worth } = asked;
  return (
    journal === asked.journal &&
    currency === (worth?.currency ?? null) &&
    amountMinor === (worth?.amountMinor ?? null) &&
    (asked.newId === null || asked.newId === newId)
  );
}
