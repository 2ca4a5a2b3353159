import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type Flag, type Subject } from './evaluate.ts';

const till3: Subject = { targetingKey: 'leeds-1/till-3', site: 'leeds', kiosk: 'till-3' };
/** A program on the appliance itself, without a token. */
const local: Subject = { targetingKey: 'leeds-1', site: 'leeds', kiosk: null };
const nowhere: Subject = { ...till3, site: null };
const all = 10_000;

describe('a flag', () => {
  it.each<[string, Flag, Subject, boolean, string]>([
    ['is on for everybody', { shareBasisPoints: all }, till3, true, 'STATIC'],
    ['is off for everybody', { shareBasisPoints: 0 }, till3, false, 'DISABLED'],
    [
      'is off though the kiosk is named',
      { shareBasisPoints: 0, kiosks: ['till-3'] },
      till3,
      false,
      'DISABLED',
    ],
    [
      'is on at the site',
      { shareBasisPoints: all, sites: ['york', 'leeds'] },
      till3,
      true,
      'TARGETING_MATCH',
    ],
    ['is off at another site', { shareBasisPoints: all, sites: ['york'] }, till3, false, 'DEFAULT'],
    [
      'is off where the site is not known',
      { shareBasisPoints: all, sites: ['leeds'] },
      nowhere,
      false,
      'DEFAULT',
    ],
    ['is on for the kiosk', { shareBasisPoints: all, kiosks: ['till-3'] }, till3, true, 'TARGETING_MATCH'],
    ['is off for another kiosk', { shareBasisPoints: all, kiosks: ['till-4'] }, till3, false, 'DEFAULT'],
    ['is off for who has no name', { shareBasisPoints: all, kiosks: ['till-3'] }, local, false, 'DEFAULT'],
    ['is on for who has no name', { shareBasisPoints: all }, local, true, 'STATIC'],
    [
      'needs both where both are named, and has them',
      { shareBasisPoints: all, sites: ['leeds'], kiosks: ['till-3'] },
      till3,
      true,
      'TARGETING_MATCH',
    ],
    [
      'needs both where both are named, and lacks the site',
      { shareBasisPoints: all, sites: ['york'], kiosks: ['till-3'] },
      till3,
      false,
      'DEFAULT',
    ],
    [
      'is on for nobody where nobody is named',
      { shareBasisPoints: all, kiosks: [] },
      till3,
      false,
      'DEFAULT',
    ],
    ['is drawn for a share', { shareBasisPoints: all - 1 }, till3, true, 'SPLIT'],
    ['is drawn, and mostly off for a small one', { shareBasisPoints: 1 }, till3, false, 'SPLIT'],
    [
      'is drawn among the named only',
      { shareBasisPoints: all - 1, sites: ['york'] },
      till3,
      false,
      'DEFAULT',
    ],
    ['is drawn for the named', { shareBasisPoints: all - 1, kiosks: ['till-3'] }, till3, true, 'SPLIT'],
  ])('%s', (_, flag, subject, value, reason) => {
    expect(evaluate('new-slip', flag, subject)).toEqual({ kind: 'evaluated', value, reason });
  });

  it('cannot be drawn for nobody', () => {
    const nobody: Subject = { targetingKey: undefined, site: null, kiosk: null };
    expect(evaluate('new-slip', { shareBasisPoints: 5000 }, nobody)).toEqual({ kind: 'nobody' });
    expect(evaluate('new-slip', { shareBasisPoints: all }, nobody)).toMatchObject({ value: true });
  });
});

describe('the share of a flag', () => {
  const kiosks = Array.from({ length: 10_000 }, (_, i) => `site-${i % 100}/till-${Math.floor(i / 100)}`);
  const isOn = (name: string, flag: Flag, targetingKey: string) => {
    const evaluation = evaluate(name, flag, { targetingKey, site: 'leeds', kiosk: 'till-3' });
    return evaluation.kind === 'evaluated' && evaluation.value;
  };
  const shareOf = (name: string, shareBasisPoints: number) =>
    kiosks.filter((kiosk) => isOn(name, { shareBasisPoints }, kiosk)).length;

  it.each([100, 1000, 2500, 5000, 9000])('is %i basis points of ten thousand kiosks, about', (share) => {
    // Four standard deviations of a fair draw.
    const tolerance = 4 * Math.sqrt((share * (all - share)) / all);
    for (const name of ['new-slip', 'a', 'quick-void']) {
      expect(Math.abs(shareOf(name, share) - share)).toBeLessThan(tolerance);
    }
  });

  it('switches nobody off when it grows, whatever else the policy changes about it', () => {
    const share = fc.integer({ min: 0, max: all });
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), share, share, (name, key, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const before = isOn(name, { shareBasisPoints: less }, key);
        expect(before && !isOn(name, { shareBasisPoints: more }, key)).toBe(false);
        expect(before && !isOn(name, { shareBasisPoints: more, sites: ['york', 'leeds'] }, key)).toBe(false);
      }),
    );
  });

  // Worked out by another program. Drawing in another way would switch flags on and off all over the fleet.
  it.each([
    ['leeds-1/till-3', 6684],
    ['leeds-1', 8498],
    ['site-14/till-0', 668],
  ])(
    'is the same after a restart and in every release: %s has new-slip from %i basis points on',
    (kiosk, from) => {
      expect(isOn('new-slip', { shareBasisPoints: from }, kiosk)).toBe(true);
      expect(isOn('new-slip', { shareBasisPoints: from - 1 }, kiosk)).toBe(false);
    },
  );

  it('is of other kiosks for another flag', () => {
    const both = kiosks.filter(
      (kiosk) => isOn('a', { shareBasisPoints: 1000 }, kiosk) && isOn('b', { shareBasisPoints: 1000 }, kiosk),
    ).length;
    // A tenth of a tenth.
    expect(both).toBeGreaterThan(60);
    expect(both).toBeLessThan(140);
  });
});
