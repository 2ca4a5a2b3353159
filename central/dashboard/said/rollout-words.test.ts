import { describe, expect, it } from 'vitest';
import { boxStates } from '../../rollout/next.ts';
import { Plan } from '../../rollout/plan.ts';
import { readRollout, usualRollout } from './rollout-form.ts';
import {
  boxParts,
  eventWords,
  partsWords,
  percentOf,
  stageOfPlace,
  stageParts,
  targetWords,
} from './rollout-words.ts';

const none = Object.fromEntries(boxStates.map((state) => [state, 0])) as Parameters<typeof boxParts>[0];
const lost = { failed: 0, timedOut: 0, returned: 0 };

describe('how far a rollout is', () => {
  it('is said by what boxes proved, and what is missing is nobody’s success', () => {
    const stage = { boxes: 10, has: 7, confirmed: 2, failed: 1, timedOut: 1, returned: 1 };
    expect(partsWords(stageParts(stage))).toBe(
      '2 confirmed, 2 pending, 1 failed, 1 timed out, 1 went back, 3 without it',
    );
    expect(partsWords(boxParts({ ...none, failed: 1, spared: 9 }))).toBe('1 failed, 9 never got it');
  });

  it('counts every box of a stage once', () => {
    for (const has of [0, 3, 8]) {
      const parts = stageParts({ boxes: 8, has, confirmed: Math.min(has, 2), ...lost });
      expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(8);
    }
  });

  it('knows the stage of a place', () => {
    const stages = [1, 3, 6].map((boxes) => ({ boxes, has: 0, confirmed: 0, ...lost }));
    expect([0, 1, 3, 4, 9].map((place) => stageOfPlace(stages, place))).toEqual([0, 1, 1, 2, 2]);
  });

  it('has no share of declines where nothing was sold', () => {
    expect(percentOf(0, 0)).toBeNull();
    expect(percentOf(4, 300)).toBe(1.3);
  });

  it('tells a person’s words and a rule’s count in the same place', () => {
    expect(eventWords({ what: { kind: 'pause', reason: 'lunch hour' } })).toBe('Paused. lunch hour');
    const reason = { code: 'boxes_failed', failed: 1, of: 1 };
    expect(eventWords({ what: { kind: 'roll_back', reason } })).toBe(
      'Rolling back. 1 of 1 boxes could not take it',
    );
  });

  it('names whom it is for', () => {
    expect(targetWords({})).toBe('every appliance');
    expect(targetWords({ labels: { group: 'city' }, appliances: ['a', 'b', 'c', 'd'] })).toBe(
      'group = city; a, b, c and 1 more',
    );
  });
});

describe('what is typed to start one', () => {
  it('is what central takes, and says by itself what central would say by default', () => {
    const read = readRollout({
      ...usualRollout,
      ...{ kind: 'flags', flag: 'new-slip', labels: 'group=city', sites: 'Leeds, York' },
    });
    if (read.kind !== 'whole') throw new Error(read.words);
    const { change, target, plan } = read.body as { change: object; target: object; plan: object };
    expect(change).toEqual({ kind: 'flags', flags: { 'new-slip': { shareBasisPoints: 10_000 } } });
    expect(target).toEqual({ sites: ['Leeds', 'York'], labels: { group: 'city' } });
    expect(Plan.parse(plan)).toEqual(Plan.parse({}));
  });

  it('may be what central sets of the configuration, by its keys', () => {
    const values = { 'log.level': 'debug', 'tracing.otlpUrl': null };
    const typed = { kind: 'configuration' as const, configuration: JSON.stringify(values) };
    const read = readRollout({ ...usualRollout, ...typed });
    expect(read).toMatchObject({ body: { change: { kind: 'configuration', values } } });
  });

  it.each([
    [{ kind: 'release' }, 'Release: choose one'],
    [{ kind: 'flags', flag: 'New' }, 'Flag: use a small letter, then small letters, digits and -'],
    [{ kind: 'configuration', configuration: '' }, 'Configuration: Unexpected end of JSON input'],
    [{ kind: 'flags', flag: 'a', labels: 'city' }, 'Labels: use name=value'],
    [{ kind: 'flags', flag: 'a', canary: 'two' }, 'Canary: use a whole number from 1 to 1000'],
  ] as const)('names the field that is wrong: %o', (typed, words) => {
    expect(readRollout({ ...usualRollout, ...typed })).toEqual({ kind: 'wrong', words });
  });
});
