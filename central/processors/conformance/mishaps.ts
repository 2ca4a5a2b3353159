// A charge is made once, however its call ends (I13): what is said of it is true, and what is not known is looked up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeInTheEnd } from '../fixtures/charge-in-the-end.ts';
import type { ProcessorUnderTest, Trial } from './under-test.ts';

export function describeMishaps(under: ProcessorUnderTest, trial: Trial): void {
  const { request, taken, noSign, sent } = trial;

  describe.each(under.mishaps)('when a charge ends in $name', ({ name: mishap, done, outcome }) => {
    it(`says what it knows, sends once, and finds ${done ? 'exactly one charge' : 'no sign of one'} afterwards`, async () => {
      const asked = request();
      const sentMs = under.nowMs();
      await under.order('charge', mishap, 1);
      const asking = 'reason' in outcome && outcome.reason === 'timed_out' ? trial.impatient : trial.port;
      expect(await asking.charge(asked)).toMatchObject(outcome);
      expect(await under.count()).toEqual({ asked: 1, taken: done ? 1 : 0 });
      await under.advance(3_600_000);
      const found = await trial.port.lookUpCharge(sent(asked.reference, sentMs));
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
      expect(await chargeInTheEnd(trial.impatient, under.token.approved, under)).toMatchObject({
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
        expect(await chargeInTheEnd(trial.impatient, under.token.approved, under)).toMatchObject({
          state: 'captured',
        });
        expect(await taken()).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
}
