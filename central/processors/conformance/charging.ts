// What every processor must do with a charge, its capture and its void: take the money, hold it, let it go, or decline.
import { describe, expect, it } from 'vitest';
import { dayMs, gbp, type ProcessorUnderTest, type Trial } from './under-test.ts';

export function describeCharging(under: ProcessorUnderTest, trial: Trial): void {
  const { attempt, request, taken, chargeOf, sent, ended } = trial;

  describe('charging', () => {
    it('takes the money at once', async () => {
      const asked = request();
      const charge = {
        reference: asked.reference,
        state: 'captured',
        amount: gbp(370),
        capturedMinor: 370,
      };
      expect(await trial.port.charge(asked)).toMatchObject({ kind: 'approved', charge });
      expect(await taken()).toBe(1);
    });

    it('holds the money until a part of it is captured', async () => {
      const { chargeId, state } = await chargeOf({ take: 'authorise' });
      expect(state).toBe('authorised');
      expect(await taken()).toBe(0);
      const asked = attempt('capture');
      const outcome = await trial.port.capture({ ...asked, chargeId, amount: gbp(300) });
      const captured = { state: 'captured', amount: gbp(370), capturedMinor: 300 };
      expect(await ended(outcome, chargeId, asked)).toMatchObject(captured);
    });

    it('lets the money go by a void, and says so when it is too late for one', async () => {
      const { chargeId } = await chargeOf({ take: 'authorise' });
      const asked = attempt('void');
      const voided = await trial.port.void({ ...asked, chargeId });
      expect(await ended(voided, chargeId, asked)).toMatchObject({ state: 'voided' });
      expect(await taken()).toBe(0);
      const captured = await chargeOf();
      const tooLate = attempt('void');
      const late = await trial.port.void({ ...tooLate, chargeId: captured.chargeId });
      expect(await ended(late, captured.chargeId, tooLate)).toMatchObject(
        under.modified === 'at_once' ? { code: 'state_refused' } : { state: 'captured' },
      );
    });

    it('captures no more than was authorised', async () => {
      const { chargeId } = await chargeOf({ take: 'authorise' });
      const asked = attempt('capture');
      const outcome = await trial.port.capture({ ...asked, chargeId, amount: gbp(371) });
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
        expect(await trial.port.charge(asked)).toEqual({ kind: 'declined', declineClass, code });
        expect(await taken()).toBe(0);
        await under.advance(dayMs);
        const found = await trial.port.lookUpCharge(sent(asked.reference, sentMs));
        expect(found).toMatchObject({ found: [{ state: 'declined', decline: { declineClass, code } }] });
      },
    );

    it('gives the same answer to a repeated attempt and charges once', async () => {
      const asked = request();
      const first = await trial.port.charge(asked);
      expect(await trial.port.charge(asked)).toEqual(first);
      expect(await taken()).toBe(1);
    });

    it('refuses a key that stands for another amount', async () => {
      const asked = request();
      await trial.port.charge(asked);
      expect(await trial.port.charge({ ...asked, amount: gbp(371) })).toMatchObject({
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
}
