// What a synthetic checkout comes to: a table.
import { describe, expect, it } from 'vitest';
import type { ReasonCode } from '../../contract/verdict.ts';
import { judgeSynthetic, type Seen, type Submitted } from './judge.ts';

const id = '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e0f';
const answered = (verdict: 'approved_offline' | 'refused', reasons: ReasonCode[] = []): Submitted => ({
  kind: 'answered',
  answer: { id, kind: 'synthetic', seq: 7, verdict, reasons },
});
const whole = { durableMs: 5, sentMs: 9, receivedMs: 40, bookedMs: 45, appliedMs: 60 };
const hops = { ...whole, bookedMs: null, appliedMs: null };
const nowhere = { ...hops, durableMs: null, sentMs: null, receivedMs: null };
const passing: Seen = {
  ...{ id, by: 'schedule', atMs: 1, submitted: answered('approved_offline'), wayFree: true },
  ...{ hops: whole, outcome: 'booked' },
};

describe('a synthetic checkout', () => {
  it.each<[string, Partial<Seen>, object]>([
    ['passes when central’s outcome was applied', {}, { kind: 'passed', failure: null }],
    [
      'passes here when there is no link',
      { hops: nowhere, wayFree: false, outcome: null },
      { kind: 'passed_here', failure: null },
    ],
    [
      'passes when the shop is closed, which is no fault of the box',
      { submitted: answered('refused', ['outside_opening_hours']) },
      { kind: 'passed', verdict: 'refused', reasons: ['outside_opening_hours'] },
    ],
    [
      'fails when the rule refuses what a customer may buy',
      { submitted: answered('refused', ['total_mismatch']) },
      { kind: 'failed', failure: 'refused' },
    ],
    [
      'fails without an answer',
      { submitted: { kind: 'silent' }, hops: nowhere },
      { failure: 'not_answered' },
    ],
    [
      'fails with the problem that the door answered',
      { submitted: { kind: 'problem', code: 'journal_full' }, hops: nowhere },
      { kind: 'failed', failure: 'not_accepted', problem: 'journal_full' },
    ],
    [
      'fails with nothing to sell',
      { submitted: { kind: 'nothing_to_sell' } },
      { failure: 'nothing_to_sell' },
    ],
    ['fails when it does not leave over a link', { hops: nowhere, outcome: null }, { failure: 'not_sent' }],
    [
      'fails when no receipt comes',
      { hops: { ...hops, receivedMs: null }, outcome: null },
      { failure: 'not_received' },
    ],
    ['fails when no outcome comes', { hops, outcome: null }, { failure: 'not_booked' }],
    ['fails when central parks it', { outcome: 'parked' }, { kind: 'failed', failure: 'not_booked' }],
  ])('%s', (_, change, result) => {
    expect(judgeSynthetic({ ...passing, ...change })).toMatchObject(result);
  });
});
