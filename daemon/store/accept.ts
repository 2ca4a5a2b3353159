// Accepting a submission: read the facts, ask the rule, append the entry, and bring the projections along; all inside
// the transaction of the batch, so that two submissions can never both see the room that only one may take (I12).
import type { LinkedRefund } from '../../contract/checkout.ts';
import { CheckoutEntry, type DocumentEntry, type EntryTime } from '../../contract/entry.ts';
import type { Policy } from '../../contract/policy.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import { present } from '../../kit/assert.ts';
import {
  type Decision,
  decideLinkedRefund,
  decideUnlinkedRefund,
  decideVoid,
  type Judgement,
  judgeCheckout,
  type TargetFacts,
} from '../checkout/decide.ts';
import { routeCheckout } from '../checkout/route.ts';
import { answerOf } from './answer.ts';
import type { Catalogue } from './catalogue.ts';
import type { AcceptAnswer, Ask, UnacceptedCode } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { type DocumentRow, type Documents, idBytes } from './documents.ts';
import type { Effects } from './effects.ts';
import type { ReadFacts } from './facts.ts';
import type { Journal } from './journal.ts';
import type { LinkState } from './link-state.ts';
import type { Policies, PolicyInForce } from './policy.ts';
import type { SiteTime } from './site-time.ts';
import type { NextSlip } from './slips.ts';

export interface AcceptParts {
  journal: Journal;
  documents: Documents;
  catalogue: Catalogue;
  policies: Policies;
  nextSlip: NextSlip;
  effects: Effects;
  decisions: Decisions;
  link: LinkState;
  readFacts: ReadFacts;
  siteTime: SiteTime;
  /** The three times of an entry accepted now. */
  entryTime: () => EntryTime;
  /** False below the watermark: new checkouts wait until there is room, voids and refunds go on. */
  roomForCheckouts: () => boolean;
}

export interface Accept {
  checkout(command: Ask<'checkout'>): AcceptAnswer;
  void(command: Ask<'void'>): AcceptAnswer;
  refund(command: Ask<'refund'>): AcceptAnswer;
}

export function createAccept(parts: AcceptParts): Accept {
  const { journal, documents, catalogue, policies, nextSlip, effects, siteTime, decisions } = parts;
  return {
    checkout({ id, requestHash, checkout, kiosk }) {
      const earlier = repeated(id, requestHash);
      if (earlier) return earlier;
      const by = sellingBy();
      if (typeof by === 'string') return unaccepted(by);

      const { policy, version: policyVersion } = by.policy;
      const question = { id, asked: checkout, payment: checkout.payment, kiosk };
      const judgement = judgeCheckout(checkout, parts.readFacts(question, by.policy), policy);
      const { mode, late, waitMs } = policy.online;
      const route = routeCheckout(checkout.mode ?? mode, judgement, late, decisions.linkFacts());
      const verdict = route.kind === 'asked' ? 'pending' : route.verdict;
      const open = verdict !== 'refused';
      const entry: CheckoutEntry = {
        kind: 'checkout',
        id,
        at: parts.entryTime(),
        verdict,
        reasons: route.reasons,
        ...slipFor(verdict),
        catalogueVersion: by.catalogueVersion,
        policyVersion,
        checkout,
        ...billed(judgement.pricing),
        ...(open && held(judgement, policy)),
        ...(kiosk && { kiosk }),
        ...(parts.link.offlineSince && { offlineSinceMs: parts.link.offlineSince.wallMs }),
      };
      // A pending one takes everything now: when central is late the goods and the room must be there (I12, I14).
      const exposed = route.kind === 'asked' ? route.late === 'approve_offline' : open;
      const exposedMinor = exposed ? checkout.totalMinor : 0;
      if (open) effects.take(idBytes(id), entry, exposedMinor, policy, siteTime.book());
      const { currency, totalMinor } = checkout;
      const answer = append(entry, requestHash, idBytes(id), currency, totalMinor, exposedMinor);
      if (route.kind === 'decided') return answer;
      return decisions.ask({ id, seq: journal.lastSeq, late: route.late, waitMs });
    },

    void({ id, requestHash, checkoutId, void: submitted }) {
      const earlier = repeated(id, requestHash);
      if (earlier) return earlier;
      const checkout = documents.find(idBytes(checkoutId));
      if (!checkout) return unaccepted('checkout_not_found');
      const { verdict, reasons } = decideVoid(targetFacts(checkout));
      if (verdict === 'approved_offline') {
        documents.markVoided(checkout.id, idBytes(id));
        effects.giveBack(checkout, checkoutEntry(checkout), siteTime.book());
      }
      const entry: DocumentEntry = {
        kind: 'void',
        id,
        at: parts.entryTime(),
        verdict,
        reasons,
        checkoutId,
        void: submitted,
      };
      return append(entry, requestHash, checkout.id, null, 0, 0);
    },

    refund({ id, requestHash, refund }) {
      const earlier = repeated(id, requestHash);
      if (earlier) return earlier;
      if (!policies.inForce) return unaccepted('policy_missing');
      const { policy, version: policyVersion } = policies.inForce;
      if (!('checkoutId' in refund)) {
        return appendRefund(decideUnlinkedRefund(refund, policy), null);
      }
      const checkout = documents.find(idBytes(refund.checkoutId));
      if (!checkout) return unaccepted('checkout_not_found');
      return appendRefund(linkedRefund(refund, checkout), checkout.id);

      function appendRefund({ verdict, reasons }: Decision, checkoutId: Buffer | null): AcceptAnswer {
        const slip = slipFor(verdict);
        const at = parts.entryTime();
        const entry: DocumentEntry = {
          kind: 'refund',
          id,
          at,
          verdict,
          reasons,
          ...slip,
          policyVersion,
          refund,
        };
        return append(entry, requestHash, checkoutId, refund.currency, refund.totalMinor, 0);
      }
    },
  };

  /** What a new checkout is judged by, or why none can be taken. */
  function sellingBy(): { policy: PolicyInForce; catalogueVersion: number } | UnacceptedCode {
    if (!catalogue.inForce) return 'catalogue_missing';
    if (!policies.inForce) return 'policy_missing';
    if (!parts.roomForCheckouts()) return 'journal_full';
    return { policy: policies.inForce, catalogueVersion: catalogue.inForce.version };
  }

  /** The first answer again, or the conflict, when the key was used before (I2). */
  function repeated(id: string, requestHash: string): AcceptAnswer | null {
    const known = documents.find(idBytes(id));
    if (!known) return null;
    if (known.requestHash.toString('hex') !== requestHash) return unaccepted('idempotency_conflict');
    return decisions.answer(known);
  }

  /** The entry of an approved checkout: what it took is written there. */
  function checkoutEntry({ seq }: DocumentRow): CheckoutEntry {
    return CheckoutEntry.parse(JSON.parse(present(journal.body(seq), `entry ${seq}`).toString()));
  }

  function append(
    entry: DocumentEntry,
    requestHash: string,
    checkoutId: Buffer | null,
    currency: string | null,
    totalMinor: number,
    exposedMinor: number,
  ): AcceptAnswer {
    const body = Buffer.from(JSON.stringify(entry));
    const seq = journal.append({ kind: entry.kind, checkoutId, body, wallMs: entry.at.wallMs });
    documents.insert({
      id: idBytes(entry.id),
      seq,
      requestHash: Buffer.from(requestHash, 'hex'),
      kind: entry.kind,
      verdict: entry.verdict,
      currency,
      totalMinor,
      exposedMinor,
      elapsedMs: siteTime.book(),
    });
    return { kind: 'answered', answer: answerOf(entry, seq) };
  }

  function linkedRefund(refund: LinkedRefund, checkout: DocumentRow): Decision {
    const decision = decideLinkedRefund(refund, targetFacts(checkout));
    if (decision.verdict === 'approved_offline') documents.addRefund(checkout.id, refund.totalMinor);
    return decision;
  }

  /** A slip number for what was approved, without a gap (I15). */
  function slipFor(verdict: VerdictKind): Partial<ReturnType<NextSlip>> {
    return verdict === 'approved_offline' ? nextSlip() : {};
  }
}

/** What every line came to, where all could be priced. */
function billed({ bill }: Judgement['pricing']): Pick<CheckoutEntry, 'judged' | 'taxes'> {
  if (!bill) return {};
  return { judged: bill.judged, ...(bill.taxes.length > 0 && { taxes: bill.taxes }) };
}

/** What a checkout that is not refused leaves to be done: a look at central, goods to hand over. */
function held({ review }: Judgement, { stock }: Policy): Pick<CheckoutEntry, 'review' | 'goods'> {
  return {
    ...(review.length > 0 && { review }),
    ...(stock.taken === 'at_hand_over' && { goods: 'reserved' as const }),
  };
}

function unaccepted(code: UnacceptedCode): AcceptAnswer {
  return { kind: 'unaccepted', code };
}

function targetFacts(row: DocumentRow): TargetFacts {
  return {
    kind: row.kind,
    verdict: row.verdict,
    currency: row.currency ?? '',
    totalMinor: row.totalMinor,
    voided: row.voidedBy !== null,
    refundedMinor: row.refundedMinor,
  };
}
