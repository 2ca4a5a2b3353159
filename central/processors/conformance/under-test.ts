// What a processor must bring to be tried by the suite, and what the suite's parts share: the attempts they name and the calls
// that they make again and again.
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { present } from '../../../kit/assert.ts';
import { nameAttempt } from '../attempt.ts';
import type {
  Amount,
  Attempt,
  ChargeRequest,
  ChargeState,
  DeclineClass,
  LookUp,
  Outcome,
  ProcessorPort,
} from '../port.ts';
import { retryable } from '../retryable.ts';

/** How a call may go wrong; `done` says whether the charge was made all the same. */
export interface Mishap {
  name: string;
  done: boolean;
  outcome: object;
}

export interface ProcessorUnderTest {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets all that was done. */
  reset(): Promise<void>;
  /** `impatient` waits for a moment only; `nobody` reaches nobody. */
  port(which?: 'impatient' | 'nobody' | 'wrong_secret'): ProcessorPort;
  /**
   * How an attempt whose outcome is unknown is found: the processor is asked for it by our reference, or it cannot be asked
   * and only its webhooks and the same request by the same key tell.
   */
  found: 'by_reference' | 'by_repetition';
  /** Whether a capture, a void or a refund is carried out by its call, or accepted and told by webhook when it is. */
  modified: 'at_once' | 'later';
  /** Resolves once every webhook sent so far has come, where they are needed. */
  heard(): Promise<void>;
  nowMs(): number;
  /** Turns the processor's clock and ours. */
  advance(ms: number): Promise<void>;
  token: { approved: string; declined: Record<DeclineClass, { token: string; code: string }> };
  /** Of the first, the charge is made and nothing is answered. */
  mishaps: readonly [Mishap, ...Mishap[]];
  /** The next calls of this kind go wrong so. */
  order(operation: 'charge' | 'refund' | 'capture' | 'look_up', mishap: string, times: number): Promise<void>;
  /** How often the processor was asked to charge, and how many charges it holds that took money. */
  count(): Promise<{ asked: number; taken: number }>;
  /** Secrets that must be nowhere. */
  secrets: readonly string[];
  output(): string;
}

export const dayMs = 24 * 3_600_000;
export const gbp = (amountMinor: number): Amount => ({ currency: 'GBP', amountMinor });

export type Trial = ReturnType<typeof createTrial>;

export function createTrial(under: ProcessorUnderTest) {
  let ports: { usual: ProcessorPort; impatient: ProcessorPort } | null = null;
  const opened = () => present(ports, 'the ports of a test that has begun');
  const port = () => opened().usual;

  const attempt = (purpose: 'charge' | 'refund' | 'capture' | 'void', documentId = randomUUID()): Attempt =>
    nameAttempt({ applianceId: 'box-1', documentId, purpose, number: 1 });
  const request = (change: Partial<ChargeRequest> = {}): ChargeRequest => ({
    ...attempt('charge'),
    amount: gbp(370),
    token: under.token.approved,
    take: 'authorise_and_capture',
    ...change,
  });
  const taken = async () => (await under.count()).taken;
  const chargeOf = async (change: Partial<ChargeRequest> = {}) => {
    const outcome = await port().charge(request(change));
    if (outcome.kind !== 'approved') throw new Error(`not approved: ${inspect(outcome)}`);
    return outcome.charge;
  };

  /** What is said of an attempt that there is no sign of. */
  const noSign: LookUp<never> = { kind: under.found === 'by_reference' ? 'not_found' : 'repeat' };
  const sent = (reference: string, sentMs: number) => ({ reference, sentMs, firstSentMs: sentMs });

  /** The charge once a capture or void of it has come to its end, and whether that is what was asked for. */
  async function ended(
    outcome: Outcome<{ charge: ChargeState }>,
    chargeId: string,
    { reference }: Attempt,
  ): Promise<Partial<ChargeState> | { code: string }> {
    if (outcome.kind === 'rejected' && under.modified === 'at_once') return { code: outcome.code };
    if (under.modified === 'at_once') {
      if (outcome.kind !== 'approved') throw new Error(`not approved: ${inspect(outcome)}`);
      return outcome.charge;
    }
    expect(outcome).toEqual({ kind: 'unknown', reason: 'accepted' });
    expect(retryable(outcome, 0)).toMatchObject({ kind: 'look_up' });
    await under.heard();
    const found = await port().lookUpChargeById(chargeId, { reference, firstSentMs: under.nowMs() });
    if (found.kind !== 'found') throw new Error(`not found: ${inspect(found)}`);
    return found.found[0];
  }

  return {
    ...{ attempt, request, taken, chargeOf, noSign, sent, ended },
    /** Before each test: forgets all that was done, and opens ports of its own. */
    async begin() {
      await under.reset();
      ports = { usual: under.port(), impatient: under.port('impatient') };
    },
    get port() {
      return port();
    },
    /** For calls that are not answered; what it is told in time is as true. */
    get impatient() {
      return opened().impatient;
    },
  };
}
