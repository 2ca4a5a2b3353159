// What the box does next for a wished release, as tables.
import { describe, expect, it } from 'vitest';
import { ownSchemas } from '../store/own-schemas.ts';
import { compareReleases, nextStep, type ReleaseFacts } from './next-step.ts';
import { noSlots, type Slots } from './slots.ts';

const file = (release: string) => ({ release, sha256: 'a'.repeat(64), bytes: 7 });
const wish = { rollout: 3, release: '0.2.0', anyHour: false, returns: false };
const facts = (change: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  wish,
  slots: noSlots,
  launched: { slot: 'package', packageRelease: '0.1.0', packageSchemas: ownSchemas() },
  release: '0.1.0',
  open: false,
  inFlight: 0,
  quietMs: 61_000,
  quietMsMin: 60_000,
  ...change,
});
const here: Slots = { ...noSlots, a: file('0.2.0') };

describe('the next step towards a release', () => {
  it.each<[string, Partial<ReleaseFacts>, object]>([
    ['nothing where nothing was wished', { wish: null }, { kind: 'nothing' }],
    ['fetched into the slot that nothing runs from', {}, { kind: 'fetch', slot: 'a', release: '0.2.0' }],
    [
      'fetched into the other slot where one runs',
      { slots: { ...here, proven: 'a' }, release: '0.2.0', wish: { ...wish, release: '0.3.0' } },
      { kind: 'fetch', slot: 'b' },
    ],
    ['tried once it is here', { slots: here }, { kind: 'try', slot: 'a' }],
    ['not while the shop is open', { slots: here, open: true }, { kind: 'wait', reason: 'shop_open' }],
    [
      'while it is open where that was said',
      { slots: here, open: true, wish: { ...wish, anyHour: true } },
      { kind: 'try' },
    ],
    [
      'never while somebody is at a kiosk, whatever was said',
      { slots: here, quietMs: 59_999, wish: { ...wish, anyHour: true } },
      { kind: 'wait', reason: 'kiosks_at_work' },
    ],
    [
      'never while a kiosk waits for its answer, however long it has been quiet',
      { slots: here, inFlight: 1, wish: { ...wish, anyHour: true } },
      { kind: 'wait', reason: 'kiosks_at_work' },
    ],
    ['by quiet alone where the policy names no hours', { slots: here, open: null }, { kind: 'try' }],
    [
      'nothing during a trial',
      { slots: { ...here, trial: { slot: 'a', rollout: 3, starts: 1, online: true } } },
      { kind: 'nothing' },
    ],
    [
      'nothing after it failed: the same wish is not tried again',
      { slots: { ...here, ended: { rollout: 3, returns: false, step: 'failed', reason: 'x' } } },
      { kind: 'nothing' },
    ],
    [
      'again for another rollout',
      { slots: { ...here, ended: { rollout: 2, returns: false, step: 'failed', reason: 'x' } } },
      { kind: 'try' },
    ],
    ['arrived where it runs', { release: '0.2.0' }, { kind: 'arrived' }],
    ['refused where it is older', { release: '0.3.0' }, { kind: 'refuse', reason: 'older_than_running' }],
    [
      'back to an older one where that is the wish, without a trial',
      { slots: { ...here, proven: 'b' }, release: '0.3.0', wish: { ...wish, returns: true } },
      { kind: 'go_back', to: 'a' },
    ],
    [
      'back to the package',
      { slots: { ...here, proven: 'a' }, release: '0.2.0', wish: { ...wish, release: null, returns: true } },
      { kind: 'go_back', to: 'package' },
    ],
  ])('%s', (_, change, step) => {
    expect(nextStep(facts(change))).toMatchObject(step);
  });
});

describe('releases', () => {
  it('stand in the order of semantic versioning', () => {
    const ordered = [
      '0.9.0',
      '0.10.0-alpha',
      '0.10.0-alpha.1',
      '0.10.0-alpha.beta',
      '0.10.0-rc.2',
      '0.10.0-rc.11',
      '0.10.0',
      '1.0.0',
    ];
    for (const [i, a] of ordered.entries())
      for (const [j, b] of ordered.entries())
        expect(compareReleases(a, b), `${a} ${b}`).toBe(Math.sign(i - j));
  });
});
