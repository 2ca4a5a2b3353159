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
  // Drawn to be seen by central where it can be had: chance is no reason against a customer where it cannot.
  const limits = offlineRefusals.filter(({ code }) => code !== 'chosen_for_online');
  const why = whyAlone(mode, link, offlineRefusals.length > 0);
  if (why !== null) return decideAlone(mode, { refusals, offlineRefusals: limits }, why);
  if (refusals.length > 0) return { kind: 'decided', verdict: 'refused', reasons: [...refusals] };
  const mayApprove = mode !== 'require_online' && limits.length === 0;
  return { kind: 'asked', late: mayApprove ? late : 'refuse', reasons: limits };
}

/** What becomes of a checkout that central did not decide in time. */
export function decideLate(asked: { late: Late; reasons: readonly Reason[] }, link: LinkFacts): Decision {
  const why: Reason = { code: link.online ? 'central_late' : 'link_down' };
  return asked.late === 'approve_offline'
    ? { verdict: 'approved_offline', reasons: [why] }
    : { verdict: 'refused', reasons: [...asked.reasons, { code: 'online_required' }, why] };
}

/** Null where central is asked. A kiosk that would rather not wait does so where central must decide. */
function whyAlone(mode: Mode, { online, catchingUp }: LinkFacts, mustAsk: boolean): ReasonCode | null {
  if (!online) return 'link_down';
  if (mode === 'offline_ok' && !mustAsk) return 'offline_by_mode';
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
