// Slips as data and as text: what a customer reads, and that no line is wider than the paper.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckoutEntry, RefundEntry } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { Slip } from '../../contract/slip.ts';
import { slipOf } from './slip.ts';
import { slipColumns, slipText } from './slip-text.ts';

const id = '00000000-0000-7000-8000-000000000001';
const atMs = Date.parse('2026-11-24T10:30:00Z');
const bootId = '00000000-0000-4000-8000-000000000001';
const entry: CheckoutEntry = {
  kind: 'checkout',
  id,
  at: { wallMs: 5, monotonicMs: 1, bootId, central: { ms: atMs, uncertaintyMs: 3 } },
  verdict: 'pending',
  reasons: [],
  catalogueVersion: 1,
  policyVersion: 1,
  checkout: {
    lines: [
      { sku: 'pencil', quantity: 3 },
      { sku: 'screw', quantity: 25 },
    ],
    currency: 'GBP',
    totalMinor: 600,
    payment: { token: 'tok_secret', fingerprint: 'f1', scheme: 'visa', last4: '4242' },
    reference: 'order 7',
  },
  judged: [
    {
      sku: 'pencil',
      name: 'A pencil',
      quantity: 3,
      price: { priceMinor: 199, baseQuantity: 1 },
      from: 'offer',
      totalMinor: 597,
      discountMinor: 22,
      tax: 0,
    },
    { sku: 'screw', quantity: 25, price: { priceMinor: 10, baseQuantity: 10 }, totalMinor: 25 },
  ],
  taxes: [{ category: 'standard', basisPoints: 1750, prices: 'inclusive', netMinor: 489, taxMinor: 86 }],
};
const answer = (changes: Partial<Answer> = {}): Answer => ({
  id,
  kind: 'checkout',
  seq: 1,
  verdict: 'authorised',
  decidedBy: 'central',
  reasons: [],
  slip: 12,
  slipYear: 2026,
  ...changes,
});
const first = { checkout: null, timeZone: 'Europe/Berlin', copy: false, voided: false };
const offline = {
  verdict: 'approved_offline',
  decidedBy: 'appliance',
  offlineSinceMs: atMs - 3_600_000,
} as const;
const slip = (changes: Partial<Answer> = {}, facts = first): Slip =>
  Slip.parse({ ...slipOf(entry, answer(changes), facts), applianceId: 'shop-1' });

describe('a slip', () => {
  it('as text says lines, discounts, taxes, total, number and appliance', () => {
    expect(slipText(slip()).split('\n')).toEqual([
      '                   SLIP',
      'Slip 12 / 2026            2026-11-24 11:30',
      'Appliance shop-1',
      'Reference order 7',
      '-'.repeat(42),
      'A pencil',
      '  3 x 1.99 (offer)                    5.97',
      '  discount                           -0.22',
      'screw',
      '  25 x 0.10 per 10                    0.25',
      '-'.repeat(42),
      'Discounts, already taken off         -0.22',
      'TOTAL GBP                             6.00',
      'incl. tax 17.5% standard on 4.89      0.86',
      'Card visa ending 4242',
      '-'.repeat(42),
      'Authorised by central.',
      id,
      '',
    ]);
  });

  it.each([
    ['authorised', {}, 'Authorised by central.'],
    [
      'approved while the link was down',
      offline,
      'Approved offline by the appliance. To be settled when the link is back.',
    ],
    [
      'approved alone beside a link',
      { ...offline, offlineSinceMs: undefined },
      'Approved by the appliance alone. To be settled by central.',
    ],
  ] as const)('says how it was decided: %s', (_, changes, words) => {
    expect(slip(changes as Partial<Answer>).decision).toBe(words);
  });

  it('says since when the site was offline, in the time of the site', () => {
    expect(slipText(slip(offline))).toContain('\nOffline since 2026-11-24 10:30\n');
  });

  it('is marked as a copy and as voided, in both forms', () => {
    const marked = slip({}, { ...first, copy: true, voided: true });
    expect(marked).toMatchObject({ copy: true, voided: true });
    const lines = slipText(marked).split('\n');
    expect(lines.slice(0, 2).map((line) => line.trim())).toEqual(['*** COPY ***', '*** VOIDED ***']);
    expect(slipText(slip())).not.toMatch(/COPY|VOIDED/);
  });

  it.each(['pending', 'declined', 'refused'] as const)('there is none for what was %s', (verdict) => {
    const { slip: _, ...none } = answer({ verdict });
    expect(slipOf(entry, none, first)).toBeNull();
  });

  it('never carries the token', () => {
    expect(JSON.stringify(slip())).not.toMatch(/tok_secret|f1/);
  });

  it('of a refund names its checkout and promises no more than is known', () => {
    const refund: RefundEntry = {
      kind: 'refund',
      id,
      at: entry.at,
      verdict: 'approved_offline',
      reasons: [],
      policyVersion: 1,
      refund: { checkoutId: bootId, currency: 'JPY', totalMinor: 250, reason: 'x' },
    };
    const made = slipOf(refund, answer({ ...offline, kind: 'refund' }), first);
    const text = slipText(Slip.parse({ ...made, applianceId: 'shop-1' }));
    expect(text).toContain(`Money back on checkout\n${bootId}\n`);
    expect(text).toMatch(/^TOTAL JPY +250$/m);
    expect(made?.decision).toBe('Approved by the appliance. To be refunded by central.');
  });

  it('is never wider than the paper, whatever stands on it', () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' });
    const minor = fc.integer({ min: 0, max: 100_000_000_000 });
    fc.assert(
      fc.property(text, text, minor, (name, reference, totalMinor) => {
        const { lines } = slip();
        const line = { ...lines[0], name, totalMinor } as Slip['lines'][number];
        const wide = { ...slip(), lines: [line], reference, applianceId: name, totalMinor };
        const widest = Math.max(
          ...slipText(wide)
            .split('\n')
            .map(({ length }) => length),
        );
        expect(widest).toBeLessThanOrEqual(slipColumns);
      }),
    );
  });
});
