import { describe, expect, it } from 'vitest';
import { createFlagClient } from './client.ts';
import type { PolicyFlags } from './provider.ts';

/** All flags on, or all off. */
const policy = (policyVersion: number, shareBasisPoints: number): PolicyFlags => ({
  policyVersion,
  flags: Object.fromEntries(['b', 'a', 'c'].map((name) => [name, { shareBasisPoints }])),
});

describe('the flags for one kiosk', () => {
  it('are all of one policy, though a newer one comes in between', async () => {
    const client = createFlagClient('leeds-1', 'leeds');
    const answers = await Promise.all([
      client.answer(policy(1, 0), null),
      client.answer(policy(2, 10_000), null),
      client.answer(policy(3, 0), null),
    ]);
    const said = answers.map(({ policyVersion, flags }) => [
      policyVersion,
      ...Object.values(flags).map(({ variant }) => variant),
    ]);
    expect(said).toEqual([
      [1, 'off', 'off', 'off'],
      [2, 'on', 'on', 'on'],
      [3, 'off', 'off', 'off'],
    ]);
  });

  it('stay those of the newest policy when an older one comes late', async () => {
    const client = createFlagClient('leeds-1', 'leeds');
    await client.answer(policy(2, 10_000), null);
    expect(await client.answer(policy(1, 0), null)).toMatchObject({
      policyVersion: 2,
      flags: { a: { value: true } },
    });
    expect(client.policyVersion).toBe(2);
  });

  it('are the same for a kiosk that asks again, however many have asked since', async () => {
    const client = createFlagClient('leeds-1', 'leeds');
    const flags = { a: { shareBasisPoints: 5000 }, b: { shareBasisPoints: 10_000, kiosks: ['till-7'] } };
    const kiosks = [null, ...Array.from({ length: 100 }, (_, i) => `till-${i}`)];
    const ask = async () => {
      const answers = [];
      for (const kiosk of kiosks) answers.push(await client.answer(null, kiosk));
      return answers;
    };
    await client.answer({ policyVersion: 1, flags }, null);
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(first.map(({ kiosk }) => kiosk)).toEqual(kiosks);
    expect(first.filter(({ flags: { b } }) => b?.value).map(({ kiosk }) => kiosk)).toEqual(['till-7']);
    // The next policy is asked for anew.
    const next = { policyVersion: 2, flags: { b: { shareBasisPoints: 10_000 } } };
    expect((await client.answer(next, 'till-9')).flags).toMatchObject({ b: { value: true } });
  });

  it('are drawn by appliance and kiosk, for tills bear the same names at every site', async () => {
    const drawn = new Set<string>();
    const flags = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`flag-${i}`, { shareBasisPoints: 5000 }]),
    );
    for (const appliance of ['leeds-1', 'york-1']) {
      const client = createFlagClient(appliance, null);
      for (const kiosk of [null, 'till-1', 'till-2']) {
        const answer = await client.answer({ policyVersion: 1, flags }, kiosk);
        drawn.add(
          Object.values(answer.flags)
            .map(({ variant }) => variant)
            .join(),
        );
      }
    }
    expect(drawn.size).toBe(6);
  });
});
