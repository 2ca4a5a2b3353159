// What the journal says of a checkout's money: sold, asked, voided, refused, refunded. It changes what is wanted, and the
// rule does the rest. Each function works inside the transaction that books the entry.
import type { CheckoutEntry } from '../../../contract/entry.ts';
import { next } from '../next.ts';
import type { AttemptTable } from './attempts.ts';
import { type Case, type Cases, type ChargingParts, noneBroken } from './case.ts';
import type { CollectionTable } from './collections.ts';
import { dueOf, type Plans } from './plans.ts';

export interface Joins {
  /** False: no processor is configured, so that nothing is collected. */
  readonly collects: boolean;
  /**
   * A checkout that was approved offline, or for which central is asked. `held`: a person looks at it first; `none`: there
   * is nothing to be collected.
   */
  open(applianceRef: number, entry: CheckoutEntry, nowMs: number): 'open' | 'held' | 'none';
  /** Sold: its money is to be taken. */
  sold(applianceRef: number, checkoutId: string, nowMs: number): void;
  /** Voided or refused: nothing of it is to be kept. */
  undone(applianceRef: number, checkoutId: string, nowMs: number): void;
  refunded(applianceRef: number, refund: RefundFacts, nowMs: number): void;
}

export interface RefundFacts {
  id: string;
  /** Null: a refund of no checkout, which has no charge that could be refunded. */
  checkoutId: string | null;
  currency: string;
  totalMinor: number;
}

interface JoinParts {
  plans: Plans;
  siteOf(applianceRef: number): string | null;
  /** Why the entry of a pending checkout wants it looked at; null: it does not. */
  reviewOf(applianceRef: number, checkoutId: string): string | null;
}

export function createJoins(
  parts: ChargingParts,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  cases: Cases,
  { plans, siteOf, reviewOf }: JoinParts,
): Joins {
  const { collections, attempts } = tables;
  const collects = Object.keys(parts.routing.processors).length > 0;

  function changed(
    applianceRef: number,
    checkoutId: string,
    nowMs: number,
    change: (one: Case) => void,
  ): void {
    // Sold before there was a processor: nothing was collected, and nothing is given back.
    const found = collections.find(applianceRef, checkoutId);
    if (found === null) return;
    change(cases.load(found.ref));
    // What nobody knows is looked up at once before anything else.
    attempts.hurry(found.ref, nowMs);
    plans.plan(cases.load(found.ref), nowMs);
  }

  return {
    collects,
    open(applianceRef, { id: checkoutId, checkout, verdict, review }, nowMs) {
      const { currency, totalMinor, payment } = checkout;
      if (totalMinor === 0) return 'none';
      const { token, fingerprint, scheme } = payment;
      const asked = verdict === 'pending';
      const held = !asked && review !== undefined && review.length > 0;
      const data = { checkoutId, site: siteOf(applianceRef), currency, totalMinor, scheme, token };
      const wanted = asked ? 'authorised' : 'captured';
      const facts = { ...nothingYet, wanted, totalMinor, asked, heldFor: held ? 'review' : null } as const;
      const said = next(facts, cases.routeOf(data, noneBroken), nowMs);
      const isSend = said.kind === 'send';
      collections.add({
        applianceRef,
        ...{ checkoutId, currency, totalMinor, token, fingerprint, scheme, wanted, nowMs },
        origin: asked ? 'online' : 'offline',
        heldFor: said.kind === 'ask_person' ? said.heldFor : null,
        due: isSend ? dueOf(said, { asked }, nowMs) : null,
      });
      if (isSend) {
        parts.stepsDue();
        return 'open';
      }
      parts.openReview({
        ...{ applianceRef, documentId: checkoutId, attemptRef: null, currency, nowMs },
        kind: held ? 'in_review' : 'held_money',
        amountMinor: totalMinor,
        reason: held ? (review ?? []).join(', ') : 'no_route',
      });
      return 'held';
    },
    sold: (applianceRef, checkoutId, nowMs) =>
      changed(applianceRef, checkoutId, nowMs, ({ data }) => {
        collections.setWanted(data.ref, 'captured');
        const reason = reviewOf(applianceRef, checkoutId);
        if (reason === null) return;
        collections.setPlan(data.ref, 'held', 'review', null);
        parts.openReview({
          ...{ kind: 'in_review', applianceRef, documentId: checkoutId, attemptRef: null, nowMs, reason },
          ...{ amountMinor: data.totalMinor, currency: data.currency },
        });
      }),
    undone: (applianceRef, checkoutId, nowMs) =>
      changed(applianceRef, checkoutId, nowMs, ({ data }) => collections.setWanted(data.ref, 'nothing')),
    refunded(applianceRef, { id, checkoutId, currency, totalMinor }, nowMs) {
      if (checkoutId !== null) {
        changed(applianceRef, checkoutId, nowMs, ({ data }) =>
          collections.addPayback(data.ref, id, totalMinor),
        );
        return;
      }
      parts.openReview({
        ...{ kind: 'held_money', applianceRef, documentId: id, attemptRef: null, currency, nowMs },
        amountMinor: totalMinor,
        reason: 'refund',
      });
    },
  };
}

const nothingYet = { capturedMinor: 0, refundedMinor: 0, lost: false, attempts: [], paybacks: [] } as const;
