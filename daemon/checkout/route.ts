// Who decides a checkout: central, when the caller wants it and can have it, or the appliance alone. Pure, like the rule
// whose judgement it takes: it adds to every verdict of the appliance why central did not give it.
import type { Mode } from '../../contract/checkout.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason, ReasonCode } from '../../contract/verdict.ts';

export interface LinkFacts {
  online: boolean;
  /** Central has so much of the journal still to take that its answer would come too late. */
  catchingUp: boolean;
}

/** What the rule found against a checkout. */
export interface Against {
  /** Whoever decides. */
  refusals: readonly Reason[];
  /** Where the appliance decides alone: central may allow it all the same. */
  offlineRefusals: readonly Reason[];
}

export type Late = Policy['online']['late'];

/** The appliance's own. */
export interface Decision {
  verdict: 'approved_offline' | 'refused';
  reasons: Reason[];
}

export type Route =
  | ({ kind: 'decided' } & Decision)
  /** Central is asked; `late` when it does not answer in time. `reasons` speak against deciding without it. */
  | { kind: 'asked'; late: Late; reasons: Reason[] };

/** Sends a checkout to central or keeps it. `late` is the policy's choice. */
export function routeCheckout(mode: Mode, against: Against, late: Late, link: LinkFacts): Route {
  const { refusals } = against;
  // Said once, at its place before the reason why there is no central.
  const offlineRefusals = against.offlineRefusals.filter(({ code }) => code !== 'online_required');
  const why = whyAlone(mode, link);
  if (why !== null) return decideAlone(mode, { refusals, offlineRefusals }, why);
  if (refusals.length > 0) return { kind: 'decided', verdict: 'refused', reasons: [...refusals] };
  const mayApprove = mode === 'prefer_online' && offlineRefusals.length === 0;
  return { kind: 'asked', late: mayApprove ? late : 'refuse', reasons: offlineRefusals };
}

/** What becomes of a checkout that central did not decide in time. */
export function decideLate(asked: { late: Late; reasons: readonly Reason[] }, link: LinkFacts): Decision {
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

function decideAlone(mode: Mode, { refusals, offlineRefusals }: Against, why: ReasonCode): Route {
  const required = mode === 'require_online' ? [{ code: 'online_required' as const }] : [];
  const reasons = [...refusals, ...offlineRefusals, ...required];
  // A product that is unknown is so with and without a link: why the appliance was alone would only confuse.
  const aloneMatters = reasons.length === 0 || reasons.length > refusals.length;
  return {
    kind: 'decided',
    verdict: reasons.length === 0 ? 'approved_offline' : 'refused',
    reasons: aloneMatters ? [...reasons, { code: why }] : reasons,
  };
}

/** What the appliance may not decide alone and central may. */
const centralMayDecide: ReadonlySet<ReasonCode> = new Set(['online_required', 'exposure_limit_reached']);

/** The rule's reasons by whom they bind. */
export function bySide(reasons: readonly Reason[]): Against {
  return {
    refusals: reasons.filter(({ code }) => !centralMayDecide.has(code)),
    offlineRefusals: reasons.filter(({ code }) => centralMayDecide.has(code)),
  };
}
