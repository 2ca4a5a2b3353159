// What a synthetic checkout comes to, from what was seen of it. Pure.
import type { SyntheticAnswer, SyntheticFailure, SyntheticResult } from '../../contract/synthetic.ts';
import type { OutcomeKind, ReasonCode } from '../../contract/verdict.ts';

/** What became of the request. */
export type Submitted =
  | { kind: 'nothing_to_sell' }
  | { kind: 'answered'; answer: SyntheticAnswer }
  /** The door or the store refused it, by this code of a problem. */
  | { kind: 'problem'; code: string }
  /** No answer, or none that could be read. */
  | { kind: 'silent' };

export interface Seen {
  id: string;
  by: SyntheticResult['by'];
  atMs: number;
  submitted: Submitted;
  /** There was a link, and no backlog before it. */
  wayFree: boolean;
  hops: SyntheticResult['hops'];
  outcome: OutcomeKind | null;
}

/**
 * Refusals that say how the shop is and not how the box is: it is closed, sold out, or has approved offline what it may. A
 * box that answers so does what it should.
 */
const ofTheShop: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'outside_opening_hours',
  'out_of_stock',
  'stock_unknown',
  'exposure_limit_reached',
  'exposure_count_reached',
  'checkout_above_offline_limit',
  'checkout_above_limit',
  'above_floor_limit',
  'split_above_floor_limit',
  'new_card_above_limit',
  'velocity_fingerprint_reached',
  'velocity_kiosk_reached',
  'online_required',
  'offline_too_long',
  'policy_too_old',
  'catalogue_too_old',
]);

export function judgeSynthetic(seen: Seen): SyntheticResult {
  const { id, by, atMs, submitted, hops } = seen;
  const answer = submitted.kind === 'answered' ? submitted.answer : null;
  const failure = failureOf(seen);
  const here = hops.appliedMs === null ? 'passed_here' : 'passed';
  return {
    ...{ id, by, atMs },
    kind: failure === null ? here : 'failed',
    failure,
    problem: submitted.kind === 'problem' ? submitted.code : null,
    verdict: answer?.verdict ?? null,
    reasons: answer?.reasons ?? [],
    hops,
  };
}

function failureOf({ submitted, wayFree, hops, outcome }: Seen): SyntheticFailure | null {
  switch (submitted.kind) {
    case 'nothing_to_sell':
      return 'nothing_to_sell';
    case 'problem':
      return 'not_accepted';
    case 'silent':
      return 'not_answered';
    case 'answered': {
      const { verdict, reasons } = submitted.answer;
      if (verdict === 'refused' && !reasons.some((code) => ofTheShop.has(code))) return 'refused';
    }
  }
  if (hops.appliedMs !== null) return outcome === 'booked' ? null : 'not_booked';
  if (!wayFree) return null;
  if (hops.sentMs === null) return 'not_sent';
  return hops.receivedMs === null ? 'not_received' : 'not_booked';
}

const hints: Readonly<Record<SyntheticFailure, string>> = {
  nothing_to_sell: 'The catalogue has nothing that anybody may buy: publish one at central.',
  not_answered: 'The HTTP interface or the journal gave no answer: look at the log, then at the disk.',
  not_accepted: 'The appliance takes no checkouts: the problem it answered says why.',
  refused: 'The rule refuses what a customer might buy: its reasons say why.',
  not_sent: 'The link is up and entries do not leave: look at the log, then restart the service.',
  not_received: 'Entries leave and no receipt comes: look at central.',
  not_booked: 'Central has the entry and does not book it: look at its parked entries and its log.',
};

export function failureHint(failure: SyntheticFailure): string {
  return hints[failure];
}
