import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TechnicianView } from '../../../contract/technician-api.ts';
import { agoWords, byUrgency, examinedWords, rowsOf, stateSigns, waitWords } from './words.ts';

const sample = join(import.meta.dirname, '..', '..', '..', 'contract', 'samples', 'technician-view.json');
const view = TechnicianView.parse(JSON.parse(readFileSync(sample, 'utf8')));
const status = (changes: Partial<TechnicianView['status']>) => ({
  ...view,
  status: { ...view.status, ...changes },
});
const row = (of: TechnicianView, name: string) => rowsOf(of).find((one) => one.name.includes(name))?.words;

describe('how it stands', () => {
  it('counts by the box’s clock alone', () => {
    expect(row(view, 'Link')).toBe('up for 1 min');
    const in1970 = { ...status({ link: { kind: 'offline', sinceMs: 5000 } }), nowMs: 65_000 };
    expect(row(in1970, 'Link')).toBe('down for 1 min');
  });

  it('says how long may be sold offline', () => {
    const offline = { sinceMs: 0, moneyLeftMinor: 1, timeLeftMs: 3_600_000 };
    expect(row(status({ link: { kind: 'offline', sinceMs: view.nowMs }, offline }), 'Link')).toBe(
      'down for 0 s; 1 h of selling offline left',
    );
  });

  it('says what is on this box only: how much, and since when', () => {
    expect(row(view, 'Only')).toBe('1 entry worth £3.78, the oldest 3 s old');
    const journal = { ...view.status.journal, pending: 12_345 };
    const many = { ...status({ journal }), unreceived: { ...view.unreceived, documents: 900, more: true } };
    expect(row(many, 'Only')).toBe('12,345 entries worth at least £3.78, the oldest 3 s old');
    const voids = { ...view, unreceived: { documents: 0, totalMinor: 0, oldestMs: null, more: false } };
    expect(row(voids, 'Only')).toBe('1 entry without money');
    expect(row(status({ journal: { ...journal, pending: 0 } }), 'Only')).toBe(
      'nothing: central has every entry',
    );
  });

  it.each([
    [89, '89 days left'],
    [1, '1 day left'],
    [0, 'less than a day left'],
    [-3, 'ran out 3 days ago'],
  ])('says of a certificate with %i days: %s', (daysLeft, words) => {
    expect(row(status({ certificate: { notAfterMs: 0, daysLeft } }), 'for central')).toBe(words);
    expect(row({ ...view, lanCertificate: { notAfterMs: 0, daysLeft } }, 'for the network')).toBe(words);
  });

  it('says nothing of a network that nothing is offered to, and that a catalogue has not come', () => {
    expect(row({ ...view, lanCertificate: null }, 'for the network')).toBeUndefined();
    expect(row(status({ policy: { version: 0, ageMs: null } }), 'Policy')).toMatch(/^none yet/);
  });

  it('shows money before a currency is known as the number it is', () => {
    const exposure = { totalMinor: 0, limitMinor: null, currency: null };
    expect(row(status({ exposure }), 'offline')).toBe('0, without a limit');
  });
});

it('has a moment ahead of the box’s clock be no time ago', () => {
  expect(agoWords(2000, 1000)).toBe('just now');
  expect(agoWords(0, 61_000)).toBe('1 min ago');
});

it('puts first what somebody must do, and says each state by a word and a sign of its own', () => {
  const checks = (['ok', 'unknown', 'warning', 'error', 'ok'] as const).map((state, i) => ({
    code: `check_${i}`,
    state,
    words: '',
  }));
  expect(byUrgency(checks).map(({ code }) => code)).toEqual([3, 2, 1, 0, 4].map((i) => `check_${i}`));
  expect(examinedWords(checks)).toBe('1 error, 1 warning, 2 well.');
  expect(examinedWords(checks.slice(0, 2))).toBe('All is well: 1 check.');
  expect(new Set(Object.values(stateSigns).flat()).size).toBe(8);
});

it('names the way out of a wait', () => {
  expect(waitWords(90)).toMatch(/in 1 min\. At the box, holdfast pin set/);
});
