// What can be acted out instead of a plain answer: named by the payment method of a call, or ordered for calls to come.
import { declineOf } from './stripe/declines.ts';
import { fateOf } from './stripe/fates.ts';

/** How the answer reaches the caller, and whether anything was done before. */
export type Act =
  /** Nothing is done and nothing is ever answered. */
  | { kind: 'hang' }
  /** It is done; the caller never hears of it. */
  | { kind: 'do_then_hang' }
  /** Nothing is done; the connection is closed at once. */
  | { kind: 'reset' }
  /** It is done; the connection is closed before the answer. */
  | { kind: 'do_then_reset' }
  /** It is done; half of the answer is sent, then the connection is closed. */
  | { kind: 'half_answer' }
  /** It is done; half of the answer is sent, and nothing more. */
  | { kind: 'half_then_hang' }
  /** It is done; the answer comes byte by byte, so slowly that every wait for the next byte is short. */
  | { kind: 'drip' }
  /** It is done; what is answered is no JSON. */
  | { kind: 'garbage' }
  /** Nothing is done: somebody else is said to use the key. */
  | { kind: 'answer_409' }
  | { kind: 'answer_429' }
  /** Nothing is done; the failure is kept under the key. */
  | { kind: 'answer_500' }
  /** It is done; a failure is answered. */
  | { kind: 'do_then_500' }
  /** It is done and answered after so many real milliseconds; until then the key is in use. */
  | { kind: 'slow'; delayMs: number }
  /** It is done as if the payment method were another: declined, disputed later and the like. */
  | { kind: 'instead'; paymentMethod: string };

export const actNames = [
  'hang',
  'do_then_hang',
  'reset',
  'do_then_reset',
  'half_answer',
  'half_then_hang',
  'drip',
  'garbage',
  'answer_409',
  'answer_429',
  'answer_500',
  'do_then_500',
] as const;

const slowMsMax = 600_000;

/** `hang`, `slow_1500`, `decline_insufficient_funds`, `dispute_later` and the like; null for what is none. */
export function parseAct(name: string): Act | null {
  const paymentMethod = `pm_sandbox_${name}`;
  if (declineOf(paymentMethod) ?? fateOf(paymentMethod)) return { kind: 'instead', paymentMethod };
  return parseManner(name);
}

function parseManner(name: string): Act | null {
  const slow = /^slow_(\d{1,9})$/.exec(name)?.[1];
  if (slow !== undefined) return { kind: 'slow', delayMs: Math.min(Number(slow), slowMsMax) };
  const kind = actNames.find((known) => known === name);
  return kind === undefined ? null : { kind };
}

/** `pm_sandbox_<act>` acts out each time it is used. */
export function actOfPaymentMethod(paymentMethod: string): Act | null {
  return paymentMethod.startsWith('pm_sandbox_')
    ? parseManner(paymentMethod.slice('pm_sandbox_'.length))
    : null;
}
