// When a certificate is renewed, as a table over a life of 90 days.
import { describe, expect, it } from 'vitest';
import { renewalDue } from './renewal-rule.ts';

const dayMs = 86_400_000;
const due = (day: number, outageDays: number[] = []) =>
  renewalDue({
    nowMs: day * dayMs,
    notBeforeMs: 0,
    notAfterMs: 90 * dayMs,
    outagesMs: outageDays.map((days) => days * dayMs),
  });

describe('a certificate of 90 days', () => {
  it.each<[string, number, number[], object]>([
    ['is not renewed while more than a third is left', 59, [], { due: false, fromMs: 60 * dayMs }],
    ['is renewed at a third left', 60, [], { due: true, why: 'third_of_life_left' }],
    ['is renewed on its last day', 89.9, [], { due: true, why: 'third_of_life_left' }],
    ['that has run out is renewed', 90, [], { due: true, why: 'expired' }],
    ['that ran out long ago is still asked for: central decides', 400, [], { due: true, why: 'expired' }],
    ['waits no less after short outages', 59, [1, 2, 15], { due: false, fromMs: 60 * dayMs }],
    ['is renewed with twice the longest outage left', 50, [3, 20], { due: true, why: 'long_outages' }],
    ['is not renewed before that', 49, [3, 20], { due: false, fromMs: 50 * dayMs }],
    ['is never renewed in the first third', 29, [80], { due: false, fromMs: 30 * dayMs }],
    ['is not renewed by a clock of 1970', -20_000, [], { due: false, fromMs: 60 * dayMs }],
  ])('%s', (_, day, outages, expected) => {
    expect(due(day, outages)).toEqual(expected);
  });
});
