// By which processor a checkout is charged: rules over what is known of it, in their order. Pure; the same checkout is
// always given the same order.
import { hash } from 'node:crypto';
import type { DeclineClass } from '../processors/port.ts';

export interface RoutingRules {
  /** By name. None: answers are declared by the token, and what is sold is booked and not collected. */
  processors: Readonly<Record<string, ProcessorFacts>>;
  /** The first one that fits says the order. A checkout that none fits waits for a person. */
  rules: readonly RoutingRule[];
  /** A person is asked about a charge that its processor approved with a warning. */
  reviewsRisk?: boolean;
}

export interface ProcessorFacts {
  /** Of its port: for how long it remembers an idempotency key. */
  keyLifeMs: number;
  /** Tokens that begin so are its own; '' begins every token. Any other needs a translation. */
  tokenPrefixes: readonly string[];
}

export interface RoutingRule {
  /** Each condition that is there must hold. */
  when: RoutingConditions;
  /** The first one is asked; the others, in this order, where it is down or may be asked once more. */
  processors: readonly string[];
  /** With a decline of these classes the next one is asked, once for a checkout. */
  otherOn: readonly DeclineClass[];
  /** A charge that finds no place at its processor for so long is another's; left out: `fallbackAfterMsUsual`. */
  fallbackAfterMs?: number;
}

/** Longer than what a burst takes to drain, far shorter than what a site should carry the risk for. */
export const fallbackAfterMsUsual = 300_000;

export interface RoutingConditions {
  currencies?: readonly string[];
  sites?: readonly string[];
  schemes?: readonly string[];
  totalMinorMin?: number;
  totalMinorMax?: number;
  /** Of the checkouts that come so far, by a stable hash of their ids. */
  shareBasisPoints?: number;
}

export interface RoutingFacts {
  checkoutId: string;
  site: string | null;
  currency: string;
  totalMinor: number;
  scheme: string;
}

export const noProcessors: RoutingRules = { processors: {}, rules: [] };

/** The rule for a checkout; null: none fits. */
export function ruleFor(facts: RoutingFacts, { rules }: RoutingRules): RoutingRule | null {
  return rules.find(({ when }) => fits(facts, when)) ?? null;
}

/** True when the token is of the processor's own making. */
export function isOwnToken(token: string, { tokenPrefixes }: ProcessorFacts): boolean {
  return tokenPrefixes.some((prefix) => token.startsWith(prefix));
}

function fits(facts: RoutingFacts, when: RoutingConditions): boolean {
  const { currencies, sites, schemes, totalMinorMin = 0, totalMinorMax = Number.MAX_SAFE_INTEGER } = when;
  if (currencies && !currencies.includes(facts.currency)) return false;
  if (sites && !(facts.site !== null && sites.includes(facts.site))) return false;
  if (schemes && !schemes.includes(facts.scheme)) return false;
  if (facts.totalMinor < totalMinorMin || facts.totalMinor > totalMinorMax) return false;
  return when.shareBasisPoints === undefined || sharePoint(facts.checkoutId) < when.shareBasisPoints;
}

/** From 0 to 9,999, evenly, and always the same for an id. */
export function sharePoint(checkoutId: string): number {
  return hash('sha256', `holdfast share\n${checkoutId}`, 'buffer').readUInt32BE(0) % 10_000;
}
