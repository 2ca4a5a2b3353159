// What every processor behind the port must do, as one suite: run against each adapter, over real HTTP. Proves the
// processors' half of I13: a token is charged at most once per checkout, whatever the processor answers or does not.
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nameAttempt } from './attempt.ts';
import { chargeInTheEnd } from './fixtures/charge-in-the-end.ts';
import type {
  Amount,
  Attempt,
  ChargeRequest,
  ChargeState,
  DeclineClass,
  LookUp,
  Outcome,
  ProcessorPort,
} from './port.ts';
import { afterLookUp, retryable } from './retryable.ts';

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

const dayMs = 24 * 3_600_000;
const gbp = (amountMinor: number): Amount => ({ currency: 'GBP', amountMinor });

export function describeProcessor(name: string, under: ProcessorUnderTest): void {
  describe(`the processor ${name}`, () => {
    let port: ProcessorPort;
    /** For calls that are not answered; what it is told in time is as true. */
    let impatient: ProcessorPort;
    beforeAll(() => under.start());
    afterAll(() => under.stop());
    beforeEach(async () => {
      await under.reset();
      port = under.port();
      impatient = under.port('impatient');
    });

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
      const outcome = await port.charge(request(change));
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
      const found = await port.lookUpChargeById(chargeId, { reference, firstSentMs: under.nowMs() });
      if (found.kind !== 'found') throw new Error(`not found: ${inspect(found)}`);
      return found.found[0];
    }

    describe('charging', () => {
      it('takes the money at once', async () => {
        const asked = request();
        const charge = {
          reference: asked.reference,
          state: 'captured',
          amount: gbp(370),
          capturedMinor: 370,
        };
        expect(await port.charge(asked)).toMatchObject({ kind: 'approved', charge });
        expect(await taken()).toBe(1);
      });

      it('holds the money until a part of it is captured', async () => {
        const { chargeId, state } = await chargeOf({ take: 'authorise' });
        expect(state).toBe('authorised');
        expect(await taken()).toBe(0);
        const asked = attempt('capture');
        const outcome = await port.capture({ ...asked, chargeId, amount: gbp(300) });
        const captured = { state: 'captured', amount: gbp(370), capturedMinor: 300 };
        expect(await ended(outcome, chargeId, asked)).toMatchObject(captured);
      });

      it('lets the money go by a void, and says so when it is too late for one', async () => {
        const { chargeId } = await chargeOf({ take: 'authorise' });
        const asked = attempt('void');
        const voided = await port.void({ ...asked, chargeId });
        expect(await ended(voided, chargeId, asked)).toMatchObject({ state: 'voided' });
        expect(await taken()).toBe(0);
        const captured = await chargeOf();
        const tooLate = attempt('void');
        const late = await port.void({ ...tooLate, chargeId: captured.chargeId });
        expect(await ended(late, captured.chargeId, tooLate)).toMatchObject(
          under.modified === 'at_once' ? { code: 'state_refused' } : { state: 'captured' },
        );
      });

      it('captures no more than was authorised', async () => {
        const { chargeId } = await chargeOf({ take: 'authorise' });
        const asked = attempt('capture');
        const outcome = await port.capture({ ...asked, chargeId, amount: gbp(371) });
        expect(await ended(outcome, chargeId, asked)).toMatchObject(
          under.modified === 'at_once'
            ? { code: 'amount_too_large' }
            : { state: 'authorised', capturedMinor: 0 },
        );
        expect(await taken()).toBe(0);
      });

      it.each(Object.entries(under.token.declined))(
        'declines for %s',
        async (declineClass, { token, code }) => {
          const asked = request({ token });
          const sentMs = under.nowMs();
          expect(await port.charge(asked)).toEqual({ kind: 'declined', declineClass, code });
          expect(await taken()).toBe(0);
          await under.advance(dayMs);
          const found = await port.lookUpCharge(sent(asked.reference, sentMs));
          expect(found).toMatchObject({ found: [{ state: 'declined', decline: { declineClass, code } }] });
        },
      );

      it('gives the same answer to a repeated attempt and charges once', async () => {
        const asked = request();
        const first = await port.charge(asked);
        expect(await port.charge(asked)).toEqual(first);
        expect(await taken()).toBe(1);
      });

      it('refuses a key that stands for another amount', async () => {
        const asked = request();
        await port.charge(asked);
        expect(await port.charge({ ...asked, amount: gbp(371) })).toMatchObject({
          kind: 'rejected',
          code: 'key_reused',
        });
      });

      it('knows when nobody was reached, and when its own secret is wrong', async () => {
        expect(await under.port('nobody').charge(request())).toMatchObject({
          kind: 'unavailable',
          code: 'not_reached',
        });
        const refused = await under.port('wrong_secret').charge(request());
        expect(refused).toMatchObject({ kind: 'rejected', code: 'credentials_refused' });
      });
    });

    describe.each(under.mishaps)('when a charge ends in $name', ({ name: mishap, done, outcome }) => {
      it(`says what it knows, sends once, and finds ${done ? 'exactly one charge' : 'no sign of one'} afterwards`, async () => {
        const asked = request();
        const sentMs = under.nowMs();
        await under.order('charge', mishap, 1);
        const asking = 'reason' in outcome && outcome.reason === 'timed_out' ? impatient : port;
        expect(await asking.charge(asked)).toMatchObject(outcome);
        expect(await under.count()).toEqual({ asked: 1, taken: done ? 1 : 0 });
        await under.advance(3_600_000);
        const found = await port.lookUpCharge(sent(asked.reference, sentMs));
        if (done) {
          expect(found).toMatchObject({
            kind: 'found',
            found: [{ state: 'captured', reference: asked.reference }],
          });
          expect(found).toHaveProperty('found.length', 1);
        } else expect(found).toEqual(noSign);
      });

      it.each([1, 3])('charges once in the end, though it happens %i times', async (times) => {
        await under.order('charge', mishap, times);
        expect(await chargeInTheEnd(impatient, under.token.approved, under)).toMatchObject({
          state: 'captured',
        });
        expect(await taken()).toBe(1);
      });
    });

    it('charges once in the end, whatever happens to the charges and the look-ups, in any order', async () => {
      const mishap = fc.constantFrom(...under.mishaps.map(({ name: mishapName }) => mishapName));
      const some = fc.array(mishap, { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(some, some, async (ofCharges, ofLookUps) => {
          await under.reset();
          for (const one of ofCharges) await under.order('charge', one, 1);
          for (const one of ofLookUps) await under.order('look_up', one, 1);
          expect(await chargeInTheEnd(impatient, under.token.approved, under)).toMatchObject({
            state: 'captured',
          });
          expect(await taken()).toBe(1);
        }),
        { numRuns: 20 },
      );
    });

    describe('looking up', () => {
      it('says that it is too early to know, and not that there is nothing', async () => {
        const asked = request();
        const sentMs = under.nowMs();
        await port.charge(asked);
        const found = await port.lookUpCharge(sent(asked.reference, sentMs));
        expect(['found', 'too_early', 'repeat']).toContain(found.kind);
        const other = await port.lookUpCharge(sent(attempt('charge').reference, sentMs));
        expect(other.kind).toBe(under.found === 'by_reference' ? 'too_early' : 'repeat');
      });

      it('is what keeps from charging twice once the key is forgotten', async () => {
        const asked = request();
        const sentMs = under.nowMs();
        await under.order('charge', under.mishaps[0].name, 1);
        expect(await impatient.charge(asked)).toMatchObject({ kind: 'unknown' });
        await under.advance(port.keyLifeMs + 1000);
        const found = await port.lookUpCharge(sent(asked.reference, sentMs));
        expect(found).toMatchObject({ kind: 'found', found: [{ state: 'captured' }] });
        expect(afterLookUp(found, 'timed_out', 0)).toEqual({ kind: 'never' });
        // The control: whoever sends without looking charges again.
        await port.charge(asked);
        expect(await taken()).toBe(2);
        await under.advance(3_600_000);
        const twice = await port.lookUpCharge(sent(asked.reference, sentMs));
        expect(twice).toHaveProperty('found.length', 2);
        expect(afterLookUp(twice, 'timed_out', 0)).toEqual({ kind: 'person' });
      });

      it('shows by its id what became of a capture that was not heard of', async () => {
        const { chargeId } = await chargeOf({ take: 'authorise' });
        await under.order('capture', under.mishaps[0].name, 1);
        const asked = attempt('capture');
        const outcome = await impatient.capture({ ...asked, chargeId, amount: gbp(370) });
        expect(outcome).toMatchObject({ kind: 'unknown' });
        await under.heard();
        const sentCapture = { reference: asked.reference, firstSentMs: under.nowMs() };
        const found = await port.lookUpChargeById(chargeId, sentCapture);
        expect(found).toMatchObject({ kind: 'found', found: [{ state: 'captured', capturedMinor: 370 }] });
        expect(await port.lookUpChargeById(`${chargeId}0`, sentCapture)).toEqual(noSign);
      });
    });

    describe('refunding', () => {
      it('gives back a part, then the rest, and nothing more', async () => {
        const { chargeId } = await chargeOf();
        const refund = async (amountMinor: number): Promise<string> => {
          const asked = attempt('refund');
          const outcome = await port.refund({ ...asked, chargeId, amount: gbp(amountMinor) });
          if (outcome.kind === 'rejected') return outcome.code;
          if (outcome.kind !== 'approved') throw new Error(`not approved: ${inspect(outcome)}`);
          expect(outcome.refund.amount).toEqual(gbp(amountMinor));
          if (under.modified === 'at_once') return outcome.refund.state;
          expect(outcome.refund.state).toBe('pending');
          await under.heard();
          const question = { chargeId, reference: asked.reference, firstSentMs: under.nowMs() };
          const found = await port.lookUpRefund(question);
          return found.kind === 'found' ? found.found[0].state : found.kind;
        };
        const refused = under.modified === 'at_once' ? 'amount_too_large' : 'failed';
        expect(await refund(371)).toBe(refused);
        expect(await refund(100)).toBe('refunded');
        expect(await refund(271)).toBe(refused);
        expect(await refund(270)).toBe('refunded');
        expect(await refund(1)).toBe(refused);
      });

      it('finds exactly one refund that was not heard of', async () => {
        const { chargeId } = await chargeOf();
        const asked = { ...attempt('refund'), chargeId, amount: gbp(100) };
        await under.order('refund', under.mishaps[0].name, 1);
        expect(await impatient.refund(asked)).toMatchObject({ kind: 'unknown' });
        await port.refund({ ...attempt('refund'), chargeId, amount: gbp(50) });
        await under.heard();
        const firstSentMs = under.nowMs();
        const found = await port.lookUpRefund({ chargeId, reference: asked.reference, firstSentMs });
        expect(found).toMatchObject({ kind: 'found', found: [{ amount: gbp(100) }] });
        expect(found).toHaveProperty('found.length', 1);
        const { reference } = attempt('refund');
        expect(await port.lookUpRefund({ chargeId, reference, firstSentMs })).toEqual(noSign);
      });
    });

    it('shows no secret in its outcomes, in itself or in what the processor printed', async () => {
      const wrong = under.port('wrong_secret');
      const outcomes = [
        await port.charge(request()),
        await wrong.charge(request()),
        await port.lookUpChargeById('pi_1'),
      ];
      const all = `${inspect([outcomes, port, wrong], { depth: 20, showHidden: true })}${under.output()}`;
      for (const secret of under.secrets) expect(all).not.toContain(secret);
    });
  });
}
