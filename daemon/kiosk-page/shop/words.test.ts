import { describe, expect, it } from 'vitest';
import type { Answer, Problem } from '../../../contract/kiosk-api.ts';
import type { Quote } from '../../../contract/quote.ts';
import { fateOf } from './fate.ts';
import {
  approvalWords,
  problemWords,
  readingWords,
  reasonsNow,
  refusalWords,
  scanRefusal,
  unansweredWords,
} from './words.ts';

const answer = (changes: Partial<Answer>): Answer => ({
  id: 'id-1',
  kind: 'checkout',
  seq: 1,
  verdict: 'authorised',
  decidedBy: 'central',
  reasons: [],
  ...changes,
});
const problem = (changes: Partial<Problem>): Problem => ({
  type: 'urn:holdfast:problem:x',
  title: 'The body does not say what is needed',
  status: 400,
  code: 'body_invalid',
  ...changes,
});
const quote = (changes: Partial<Quote>): Quote => ({
  verdict: 'refused',
  reasons: [],
  offlineOnly: [],
  cardChecked: false,
  currency: 'GBP',
  totalMinor: 1,
  lines: [],
  taxes: [],
  catalogueVersion: 1,
  policyVersion: 1,
  ...changes,
});

describe('a sale that is approved', () => {
  it('says who decided, and never that it is paid', () => {
    expect(approvalWords(answer({}))).toEqual({
      headline: 'Approved',
      sentences: ['Central authorised the card.'],
    });
    const reasons = [{ code: 'link_down' as const, hint: 'No link.' }];
    expect(approvalWords(answer({ verdict: 'approved_offline', reasons }))).toEqual({
      headline: 'Approved offline',
      sentences: ['It is settled when central has it.', 'No link.'],
    });
  });
});

describe('a sale that is not made', () => {
  it('says the bank’s word and ours when the card is declined', () => {
    const declined = answer({
      verdict: 'declined',
      declineCode: 'insufficient_funds',
      reasons: [{ code: 'card_declined', hint: 'Ask for another way to pay.' }],
    });
    expect(refusalWords({ kind: 'declined', id: 'id-1', answer: declined })).toEqual({
      headline: 'Card declined',
      sentences: ['The bank says: insufficient funds.', 'Ask for another way to pay.'],
    });
  });

  it('says every reason of a refusal, and how many are left', () => {
    const reasons = [
      { code: 'out_of_stock' as const, hint: 'Fewer are left.', line: 0, left: 2 },
      { code: 'checkout_above_limit' as const, hint: 'Ask for less.' },
    ];
    const refused = answer({ verdict: 'refused', reasons });
    expect(refusalWords({ kind: 'refused', id: 'id-1', answer: refused }).sentences).toEqual([
      'Fewer are left. Left: 2.',
      'Ask for less.',
    ]);
  });

  it.each([
    [{ errors: [{ pointer: '/lines/0/gtin', detail: 'not a GTIN' }] }, ['Not a GTIN.']],
    [{ detail: 'Correct it.' }, ['The body does not say what is needed.', 'Correct it.']],
    [{}, ['The body does not say what is needed.']],
  ])('says what is wrong with %j', (changes, words) => {
    expect(problemWords(problem(changes))).toEqual(words);
    const told = refusalWords({ kind: 'invalid', id: 'id-1', problem: problem(changes) });
    expect(told).toEqual({ headline: 'Not sold', sentences: words });
  });

  it('does not speak of tokens to who has scanned a card', () => {
    const [words = ''] = problemWords(problem({ code: 'card_number_present', detail: 'Send the token.' }));
    expect(words).toContain('number of a card');
  });
});

it('does not call a sale taken that this browser could not keep, and so did not send', () => {
  const { headline, sentences } = unansweredWords('storage_failed');
  expect(headline).toBe('Not sent');
  expect(sentences.join(' ')).not.toContain('taken');
});

it('tells whoever has no answer not to ring the sale up again', () => {
  const { headline, sentences } = unansweredWords('timeout');
  expect(headline).toBe('Not known yet');
  expect(sentences.join(' ')).toContain('Do not ring it up again');
});

it.each([
  [{ kind: 'invalid', problem: problem({}) } as const, 'The body does not say what is needed.'],
  [{ kind: 'unavailable', reason: 'busy' } as const, 'The appliance is busy; try again.'],
  [{ kind: 'unavailable', reason: 'timeout' } as const, 'The appliance does not answer; try again.'],
])('says why nothing could be read', (reading, words) => {
  expect(readingWords(reading)).toBe(words);
  expect(scanRefusal(reading, null)).toBe(words);
});

describe('a quote', () => {
  const unknown = { code: 'product_unknown' as const, hint: 'Not in the catalogue.', line: 1 };
  const offline = { code: 'above_floor_limit' as const, hint: 'Central must decide.' };

  it('refuses the line just put in when it is no product, and no other', () => {
    const asked = { kind: 'found', value: quote({ reasons: [unknown] }) } as const;
    expect(scanRefusal(asked, { at: 1, code: '123' })).toBe('123: Not in the catalogue.');
    expect(scanRefusal(asked, { at: 0, code: '123' })).toBeNull();
    expect(scanRefusal(asked, null)).toBeNull();
  });

  it('speaks while the link is up of nothing that only its absence makes a reason', () => {
    const judged = quote({ reasons: [unknown, offline], offlineOnly: [offline] });
    expect(reasonsNow(judged, true)).toEqual([unknown]);
    expect(reasonsNow(judged, false)).toEqual([unknown, offline]);
    expect(reasonsNow(null, true)).toEqual([]);
  });
});

describe('a sale that is looked up', () => {
  it.each([
    ['authorised', 'approved'],
    ['approved_offline', 'approved'],
    ['declined', 'declined'],
    ['refused', 'refused'],
    ['pending', 'unavailable'],
  ] as const)('is, when it is %s, %s', (verdict, kind) => {
    expect(fateOf(answer({ verdict }))).toMatchObject({ kind, id: 'id-1' });
  });
});
