// Accepting a submission: read the facts, ask the rule, append the entry, and bring the projections along; all inside
// the transaction of the batch, so that two submissions can never both see the room that only one may take (I12).
import type { CheckoutEntry, DocumentEntry, SyntheticEntry } from '../../contract/entry.ts';
import type { Policy } from '../../contract/policy.ts';
import { alone, decideVoid, type Judgement, judgeCheckout } from '../checkout/decide.ts';
import { routeCheckout } from '../checkout/route.ts';
import { createFulfilments } from './accept-fulfilment.ts';
import { createRefunds, type RefundParts } from './accept-refund.ts';
import type { Catalogue } from './catalogue.ts';
import type { AcceptAnswer, Ask, SyntheticAccepted, UnacceptedCode } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { idBytes } from './documents.ts';
import { createEntering, targetFacts, unaccepted } from './entering.ts';
import type { ReadFacts } from './facts.ts';
import type { Journal } from './journal.ts';
import type { LinkState } from './link-state.ts';
import type { PolicyInForce } from './policy.ts';
import type { Salvaged } from './salvaged.ts';
import type { SiteTime } from './site-time.ts';
import type { NextSlip } from './slips.ts';
import type { Stock } from './stock.ts';

export interface AcceptParts extends RefundParts {
  journal: Journal;
  stock: Stock;
  catalogue: Catalogue;
  nextSlip: NextSlip;
  decisions: Decisions;
  salvaged: Salvaged;
  link: LinkState;
  readFacts: ReadFacts;
  siteTime: SiteTime;
  /** False below the watermark: new checkouts wait until there is room, whatever ends one goes on. */
  roomForCheckouts: () => boolean;
}

export interface Accept {
  checkout(command: Ask<'checkout'>): AcceptAnswer;
  synthetic(command: Ask<'synthetic'>): SyntheticAccepted;
  void(command: Ask<'void'>): AcceptAnswer;
  refund(command: Ask<'refund'>): AcceptAnswer;
  fulfilment(command: Ask<'fulfilment'>): AcceptAnswer;
}

export function createAccept(parts: AcceptParts): Accept {
  const { journal, documents, catalogue, policies, effects, siteTime, decisions } = parts;
  const entering = createEntering(parts);
  const { repeated } = entering;
  const refunds = createRefunds(parts, entering);
  return {
    checkout({ id, requestHash, checkout, kiosk, traceId }) {
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
        ...entering.slipFor(verdict),
        catalogueVersion: by.catalogueVersion,
        policyVersion,
        checkout,
        ...billed(judgement.pricing),
        ...(open && held(judgement, policy)),
        ...(kiosk && { kiosk }),
        ...(traceId && { traceId }),
        ...(parts.link.offlineSince && { offlineSinceMs: parts.link.offlineSince.wallMs }),
      };
      // A pending one takes everything now: when central is late the goods and the room must be there (I12, I14).
      const exposed = route.kind === 'asked' ? route.late === 'approve_offline' : open;
      const exposedMinor = exposed ? checkout.totalMinor : 0;
      if (open) effects.take(idBytes(id), entry, exposedMinor, policy, siteTime.book());
      const { currency, totalMinor } = checkout;
      const of = { checkoutId: idBytes(id), currency, totalMinor, exposedMinor };
      const answer = entering.append(entry, requestHash, of);
      if (route.kind === 'decided') return answer;
      return decisions.ask({ id, seq: journal.lastSeq, late: route.late, waitMs });
    },

    // Judged as a checkout is, and appended. Effects, documents and slips never hear of it.
    synthetic({ id, checkout, by: whose }) {
      const by = sellingBy();
      if (typeof by === 'string') return { kind: 'unaccepted', code: by };
      const { policy, version: policyVersion } = by.policy;
      const question = { id: null, asked: checkout, payment: checkout.payment, kiosk: null };
      const judged = alone(judgeCheckout(checkout, parts.readFacts(question, by.policy), policy));
      const entry: SyntheticEntry = {
        kind: 'synthetic',
        id,
        at: parts.entryTime(),
        ...judged,
        by: whose,
        catalogueVersion: by.catalogueVersion,
        policyVersion,
        checkout,
        ...(parts.link.offlineSince && { offlineSinceMs: parts.link.offlineSince.wallMs }),
      };
      const body = Buffer.from(JSON.stringify(entry));
      const seq = journal.append({ kind: entry.kind, checkoutId: null, body, wallMs: entry.at.wallMs });
      const reasons = entry.reasons.map(({ code }) => code);
      return { kind: 'answered', answer: { id, kind: 'synthetic', seq, verdict: entry.verdict, reasons } };
    },

    void({ id, requestHash, checkoutId, void: submitted }) {
      const earlier = repeated(id, requestHash);
      if (earlier) return earlier;
      const checkout = documents.find(idBytes(checkoutId));
      if (!checkout) return entering.missing(checkoutId);
      const { verdict, reasons } = decideVoid(targetFacts(checkout));
      if (verdict === 'approved_offline') {
        documents.markVoided(checkout.id, idBytes(id));
        effects.giveBack(checkout, entering.checkoutEntry(checkout), siteTime.book());
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
      return entering.append(entry, requestHash, { checkoutId: checkout.id });
    },

    refund: refunds.accept,
    fulfilment: createFulfilments(parts, entering, refunds),
  };

  /** What a new checkout is judged by, or why none can be taken. */
  function sellingBy(): { policy: PolicyInForce; catalogueVersion: number } | UnacceptedCode {
    if (!catalogue.inForce) return 'catalogue_missing';
    if (!policies.inForce) return 'policy_missing';
    if (!parts.roomForCheckouts()) return 'journal_full';
    return { policy: policies.inForce, catalogueVersion: catalogue.inForce.version };
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
