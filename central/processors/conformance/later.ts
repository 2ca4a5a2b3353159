// What every processor must do after a charge: say what became of it, and give it back once.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { afterLookUp } from '../retryable.ts';
import { gbp, type ProcessorUnderTest, type Trial } from './under-test.ts';

export function describeLater(under: ProcessorUnderTest, trial: Trial): void {
  const { attempt, request, taken, chargeOf, noSign, sent } = trial;

  describe('looking up', () => {
    it('says that it is too early to know, and not that there is nothing', async () => {
      const asked = request();
      const sentMs = under.nowMs();
      await trial.port.charge(asked);
      const found = await trial.port.lookUpCharge(sent(asked.reference, sentMs));
      expect(['found', 'too_early', 'repeat']).toContain(found.kind);
      const other = await trial.port.lookUpCharge(sent(attempt('charge').reference, sentMs));
      expect(other.kind).toBe(under.found === 'by_reference' ? 'too_early' : 'repeat');
    });

    it('is what keeps from charging twice once the key is forgotten', async () => {
      const asked = request();
      const sentMs = under.nowMs();
      await under.order('charge', under.mishaps[0].name, 1);
      expect(await trial.impatient.charge(asked)).toMatchObject({ kind: 'unknown' });
      await under.advance(trial.port.keyLifeMs + 1000);
      const found = await trial.port.lookUpCharge(sent(asked.reference, sentMs));
      expect(found).toMatchObject({ kind: 'found', found: [{ state: 'captured' }] });
      expect(afterLookUp(found, 'timed_out', 0)).toEqual({ kind: 'never' });
      // The control: whoever sends without looking charges again.
      await trial.port.charge(asked);
      expect(await taken()).toBe(2);
      await under.advance(3_600_000);
      const twice = await trial.port.lookUpCharge(sent(asked.reference, sentMs));
      expect(twice).toHaveProperty('found.length', 2);
      expect(afterLookUp(twice, 'timed_out', 0)).toEqual({ kind: 'person' });
    });

    it('shows by its id what became of a capture that was not heard of', async () => {
      const { chargeId } = await chargeOf({ take: 'authorise' });
      await under.order('capture', under.mishaps[0].name, 1);
      const asked = attempt('capture');
      const outcome = await trial.impatient.capture({ ...asked, chargeId, amount: gbp(370) });
      expect(outcome).toMatchObject({ kind: 'unknown' });
      await under.heard();
      const sentCapture = { reference: asked.reference, firstSentMs: under.nowMs() };
      const found = await trial.port.lookUpChargeById(chargeId, sentCapture);
      expect(found).toMatchObject({ kind: 'found', found: [{ state: 'captured', capturedMinor: 370 }] });
      expect(await trial.port.lookUpChargeById(`${chargeId}0`, sentCapture)).toEqual(noSign);
    });
  });

  describe('refunding', () => {
    it('gives back a part, then the rest, and nothing more', async () => {
      const { chargeId } = await chargeOf();
      const refund = async (amountMinor: number): Promise<string> => {
        const asked = attempt('refund');
        const outcome = await trial.port.refund({ ...asked, chargeId, amount: gbp(amountMinor) });
        if (outcome.kind === 'rejected') return outcome.code;
        if (outcome.kind !== 'approved') throw new Error(`not approved: ${inspect(outcome)}`);
        expect(outcome.refund.amount).toEqual(gbp(amountMinor));
        if (under.modified === 'at_once') return outcome.refund.state;
        expect(outcome.refund.state).toBe('pending');
        await under.heard();
        const question = { chargeId, reference: asked.reference, firstSentMs: under.nowMs() };
        const found = await trial.port.lookUpRefund(question);
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
      expect(await trial.impatient.refund(asked)).toMatchObject({ kind: 'unknown' });
      await trial.port.refund({ ...attempt('refund'), chargeId, amount: gbp(50) });
      await under.heard();
      const firstSentMs = under.nowMs();
      const found = await trial.port.lookUpRefund({ chargeId, reference: asked.reference, firstSentMs });
      expect(found).toMatchObject({ kind: 'found', found: [{ amount: gbp(100) }] });
      expect(found).toHaveProperty('found.length', 1);
      const { reference } = attempt('refund');
      expect(await trial.port.lookUpRefund({ chargeId, reference, firstSentMs })).toEqual(noSign);
    });
  });
}
