// What every processor behind the port must do, as one suite: run against each adapter, over real HTTP. Proves the
// processors' half of I13: a token is charged at most once per checkout, whatever the processor answers or does not.
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeCharging } from './charging.ts';
import { describeLater } from './later.ts';
import { describeMishaps } from './mishaps.ts';
import { createTrial, type ProcessorUnderTest } from './under-test.ts';

export function describeProcessor(name: string, under: ProcessorUnderTest): void {
  describe(`the processor ${name}`, () => {
    const trial = createTrial(under);
    beforeAll(() => under.start());
    afterAll(() => under.stop());
    beforeEach(() => trial.begin());

    describeCharging(under, trial);
    describeMishaps(under, trial);
    describeLater(under, trial);

    it('shows no secret in its outcomes, in itself or in what the processor printed', async () => {
      const wrong = under.port('wrong_secret');
      const outcomes = [
        await trial.port.charge(trial.request()),
        await wrong.charge(trial.request()),
        await trial.port.lookUpChargeById('pi_1'),
      ];
      const all = `${inspect([outcomes, trial.port, wrong], { depth: 20, showHidden: true })}${under.output()}`;
      for (const secret of under.secrets) expect(all).not.toContain(secret);
    });
  });
}
