// Who decides a checkout: central, when the caller wants it and can have it, or the appliance alone. Pure, like the rule
// whose judgement it takes: it adds to every verdict of the appliance why central did not give it.
import type { Mode } from '../../contract/checkout.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason, ReasonCode, VerdictKind } from '../../contract/verdict.ts';

export interface LinkFacts {
  online: boolean;
  /** Central has so much of the journal still to take that its answer would come too late. */
  catchingUp: boolean;
}

/** What the rule said of a checkout, as if the appliance were alone. */
export interface Judgement {
  verdict: VerdictKind;
  reasons: readonly Reason[];
}

export type Late = Policy['online']['late'];

export type Route =
  | { kind: 'decided'; verdict: VerdictKind; reasons: Reason[] }
  /** Central is asked; `late` when it does not answer in time. `reasons` speak against deciding without it. */
  | { kind: 'asked'; late: Late; reasons: Reason[] };

/** What the appliance may not decide alone and central may: with a link these are no refusals. */
const centralMayDecide: ReadonlySet<ReasonCode> = new Set([
  'online_required',
  'exposure_limit_reached',
  'exposure_count_reached',
  'checkout_above_offline_limit',
  'above_floor_limit',
  'split_above_floor_limit',
  'chosen_for_online',
  'velocity_fingerprint_reached',
  'velocity_kiosk_reached',
  'new_card_above_limit',
  'offline_too_long',
]);

/** Sends a checkout to central or keeps it. `late` is the policy's choice. */
export function routeCheckout(mode: Mode, judgement: Judgement, late: Late, link: LinkFacts): Route {
  const reasons = judgement.reasons.filter(({ code }) => code !== 'online_required');
  const why = whyAlone(mode, link);
  if (why !== null) return decideAlone(mode, judgement.verdict, reasons, why);
  if (reasons.some(({ code }) => !centralMayDecide.has(code))) {
    return { kind: 'decided', verdict: 'refused', reasons };
  }
  const mayApprove = mode === 'prefer_online' && reasons.length === 0;
  return { kind: 'asked', late: mayApprove ? late : 'refuse', reasons };
}

/** What becomes of a checkout that central did not decide in time. */
export function decideLate(asked: { late: Late; reasons: readonly Reason[] }, link: LinkFacts): Judgement {
  const why: Reason = { code: link.online ? 'central_late' : 'link_down' };
  return asked.late === 'approve_offline'
    ? { verdict: 'approved_offline', reasons: [why] }
    : { verdict: 'refused', reasons: [...asked.reasons, { code: 'online_required' }, why] };
}

function whyAlone(mode: Mode, { online, catchingUp }: LinkFacts): ReasonCode | null {
  if (!online) return 'link_down';
  if (mode === 'offline_ok') return 'offline_by_mode';
  return catchingUp ? 'link_catching_up' : null;
}

function decideAlone(mode: Mode, verdict: VerdictKind, reasons: Reason[], why: ReasonCode): Route {
  if (mode === 'require_online') {
    return {
      kind: 'decided',
      verdict: 'refused',
      reasons: [...reasons, { code: 'online_required' }, { code: why }],
    };
  }
  // A product that is unknown is so with and without a link: why the appliance was alone would only confuse.
  const matters = reasons.length === 0 || reasons.some(({ code }) => centralMayDecide.has(code));
  return { kind: 'decided', verdict, reasons: matters ? [...reasons, { code: why }] : reasons };
}
