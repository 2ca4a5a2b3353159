// What is learned of an attempt, as a table: every state that it may be in, and everything that may be said of it.
import { describe, expect, it } from 'vitest';
import type { ChargeState, RefundState } from '../processors/port.ts';
import type { AttemptFacts, AttemptState } from './facts.ts';
import { type Learned, learnAnswer, learnCharge, learnRefund } from './learn.ts';
import { type LookUpContext, learnLookUp } from './learn-look-up.ts';
import type { AnyLookUp, AnyOutcome, Purpose } from './port.ts';

const nowMs = 1_795_000_000_000;
const dayMs = 86_400_000;
const states: readonly AttemptState[] = [
  ...(['sent', 'approved', 'pending', 'declined', 'rejected', 'unavailable', 'unknown'] as const),
  ...(['not_made', 'undone'] as const),
];

function attempt(purpose: Purpose, state: AttemptState, change: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    ...{ ref: 1, purpose, state, processor: 'one', amountMinor: 1000, paybackRef: null, chargeId: 'ch_1' },
    ...{ take: purpose === 'charge' ? 'authorise_and_capture' : null, code: null, declineClass: null },
    ...{ tries: 1, looked: 0, firstSentMs: nowMs, sentMs: nowMs, notBeforeMs: nowMs },
    ...change,
  };
}

/** `approved`, `unknown timed_out 5000` (in so many milliseconds), `undone =voided` (of its charge); null where nothing is new. */
function words(learned: Learned | null): string | null {
  if (learned === null) return null;
  const { state, code, notBeforeMs, charge } = learned;
  const after = notBeforeMs === null ? [] : [notBeforeMs - nowMs];
  return [state, ...(code === null ? [] : [code]), ...after, ...(charge ? [`=${charge.kind}`] : [])].join(
    ' ',
  );
}

/** What is said in each state; in the others nothing is learned. */
type Row = Partial<Record<AttemptState, string>>;
const each = (some: readonly AttemptState[], said: string): Row =>
  Object.fromEntries(some.map((state) => [state, said]));
const open = (said: string) => each(['sent', 'unknown', 'unavailable'], said);
const allBut = (left: AttemptState, said: string) =>
  each(
    states.filter((state) => state !== left),
    said,
  );

function expectRow(row: Row, learn: (state: AttemptState) => Learned | null): void {
  const learned = states.map((state) => [state, words(learn(state))]);
  expect(Object.fromEntries(learned)).toEqual(
    Object.fromEntries(states.map((state) => [state, row[state] ?? null])),
  );
}

const charge = (state: ChargeState['state']): ChargeState => ({
  ...{ chargeId: 'ch_1', reference: 'r', state, amount: { currency: 'GBP', amountMinor: 1000 } },
  ...{ capturedMinor: state === 'captured' ? 1000 : 0, decline: null },
});
const refund = (state: RefundState['state']): RefundState => ({
  ...{ refundId: 're_1', reference: 'r', state, amount: { currency: 'GBP', amountMinor: 1000 } },
});
const rejected = (code: 'request_refused' | 'state_refused' | 'credentials_refused'): AnyOutcome => ({
  ...{ kind: 'rejected', code, hint: '', field: null },
});
const declined = (declineClass: 'retry_later' | 'fraud'): AnyOutcome => ({
  ...{ kind: 'declined', declineClass, code: 'no' },
});
const unavailable: AnyOutcome = { kind: 'unavailable', code: 'not_reached', retryAfterMs: null };
const silent: AnyOutcome = { kind: 'unknown', reason: 'timed_out' };

describe('an answer', () => {
  const rows: [string, Purpose, AnyOutcome, Row][] = [
    [
      'captured',
      'charge',
      { kind: 'approved', charge: charge('captured') },
      allBut('undone', 'approved =captured'),
    ],
    ['authorised', 'charge', { kind: 'approved', charge: charge('authorised') }, open('approved')],
    ['declined for now', 'charge', declined('retry_later'), open('declined no 3600000')],
    ['declined with a warning', 'charge', declined('fraud'), open('declined no')],
    ['not heard of', 'charge', silent, { sent: 'unknown timed_out 5000' }],
    ['refused as wrong', 'charge', rejected('request_refused'), { sent: 'rejected request_refused' }],
    [
      'refused for its key',
      'charge',
      rejected('credentials_refused'),
      { sent: 'unavailable credentials_refused 600000' },
    ],
    ['not reached', 'charge', unavailable, { sent: 'unavailable not_reached 1000' }],
    [
      'captured',
      'capture',
      { kind: 'approved', charge: charge('captured') },
      each(states, 'approved =captured'),
    ],
    ['refused for its state', 'capture', rejected('state_refused'), { sent: 'unknown state_refused 0' }],
    ['declined', 'capture', declined('retry_later'), open('declined no')],
    ['voided', 'void', { kind: 'approved', charge: charge('voided') }, each(states, 'approved =voided')],
    ['refused for its state', 'void', rejected('state_refused'), { sent: 'unknown state_refused 0' }],
    [
      ...(['refunded', 'refund', { kind: 'approved', refund: refund('refunded') }] as const),
      each(['sent', 'pending', 'rejected', 'unavailable', 'unknown', 'not_made', 'undone'], 'approved'),
    ],
    ['on its way', 'refund', { kind: 'approved', refund: refund('pending') }, open('pending 3600000')],
    ['refused for its state', 'refund', rejected('state_refused'), { sent: 'rejected state_refused' }],
  ];
  it.each(rows)('%s, to a %s', (_, purpose, outcome, row) => {
    expectRow(row, (state) => learnAnswer(attempt(purpose, state), outcome, 0, nowMs));
  });

  it.each([
    [silent, 'unknown timed_out 5000'],
    [unavailable, 'unknown not_reached 5000'],
    [rejected('request_refused'), 'unknown request_refused 5000'],
    [rejected('credentials_refused'), 'unknown credentials_refused 5000'],
  ] as const)('to a repetition says nothing of the first sending: %j', (outcome, said) => {
    expect(words(learnAnswer(attempt('charge', 'sent', { code: 'repeat' }), outcome, 0, nowMs))).toBe(said);
  });
});

describe('a word of the processor about the charge', () => {
  const rows: [ChargeState['state'], Purpose, Row][] = [
    ['authorised', 'charge', open('approved')],
    ['captured', 'charge', allBut('undone', 'approved =captured')],
    ['capture_failed', 'charge', open('approved capture_failed')],
    ['voided', 'charge', allBut('undone', 'undone =voided')],
    ['declined', 'charge', {}],
    ['in_progress', 'charge', {}],
    ['authorised', 'capture', {}],
    ['captured', 'capture', each(states, 'approved =captured')],
    ['capture_failed', 'capture', {}],
    ['voided', 'capture', open('not_made =voided')],
    ['authorised', 'void', {}],
    ['captured', 'void', open('not_made =captured')],
    ['capture_failed', 'void', {}],
    ['voided', 'void', each(states, 'approved =voided')],
    ['captured', 'refund', {}],
    ['voided', 'refund', {}],
  ];
  it.each(rows)('%s, to a %s', (said, purpose, row) => {
    expectRow(row, (state) => learnCharge(attempt(purpose, state), charge(said)));
  });

  it.each(['charge', 'capture'] as const)(
    'that it is captured is old where the %s was taken back',
    (purpose) => {
      expectRow({}, (state) =>
        learnCharge(attempt(purpose, state, { code: 'capture_failed' }), charge('captured')),
      );
    },
  );
});

describe('a word of the processor about a refund', () => {
  const rows: [RefundState['state'], Row][] = [
    [
      'refunded',
      each(['sent', 'pending', 'rejected', 'unavailable', 'unknown', 'not_made', 'undone'], 'approved'),
    ],
    ['pending', open('pending 3600000')],
    ['failed', allBut('declined', 'declined refund_failed')],
  ];
  it.each(rows)('%s', (said, row) => {
    expectRow(row, (state) => learnRefund(attempt('refund', state), refund(said), nowMs));
  });
});

describe('a look-up', () => {
  const found = (...charges: ChargeState['state'][]): AnyLookUp => {
    const [first, ...rest] = charges.map(charge);
    return first ? { kind: 'found', found: [first, ...rest] } : { kind: 'not_found' };
  };
  const foundRefund = (state: RefundState['state']): AnyLookUp => ({ kind: 'found', found: [refund(state)] });
  const asked = (row: Row, pending: string | null = null): Row => ({ ...row, ...(pending && { pending }) });
  const same = (said: string, pending: string | null = said.replace(/^\w+/, 'pending')): Row =>
    asked({ sent: `sent ${said}`, unavailable: `unavailable ${said}`, unknown: `unknown ${said}` }, pending);
  const context: LookUpContext = { declinesBefore: 0, madeBefore: 1, keyLifeMs: dayMs };
  const rows: [string, Purpose, AnyLookUp, Row][] = [
    ['captured', 'charge', found('captured'), asked(open('approved =captured'), 'approved =captured')],
    ['authorised', 'charge', found('authorised'), open('approved')],
    [
      'two that hold money',
      'charge',
      found('captured', 'authorised'),
      asked(open('unknown made_twice'), 'unknown made_twice'),
    ],
    ['two of which one holds money', 'charge', found('voided', 'authorised'), open('approved')],
    [
      'declined',
      'charge',
      found('declined'),
      asked(open('declined card_declined'), 'declined card_declined'),
    ],
    ['in progress', 'charge', found('in_progress'), same('5000', 'pending 5000')],
    [
      ...(['nothing', 'charge', { kind: 'not_found' }] as const),
      {
        ...{ sent: 'not_made not_found 1000', pending: 'not_made not_found 1000' },
        ...{ unknown: 'unavailable not_found 1000', unavailable: 'not_made not_found 1000' },
      },
    ],
    ['nothing yet', 'charge', { kind: 'too_early', tryAgainAfterMs: 700 }, same('700', 'pending 700')],
    ['no answer', 'charge', { kind: 'unavailable', code: 'x' }, same('5000', 'pending 5000')],
    [
      ...(['that only its key knows', 'charge', { kind: 'repeat' }] as const),
      asked(
        { sent: 'sent 5000', unavailable: 'unavailable 5000', unknown: 'unknown repeat 1000' },
        'pending 5000',
      ),
    ],
    ['captured', 'capture', found('captured'), asked(open('approved =captured'), 'approved =captured')],
    [
      ...(['still held', 'capture', found('authorised')] as const),
      {
        ...{ sent: 'not_made not_found 1000', pending: 'not_made not_found 1000' },
        ...{ unknown: 'unavailable not_found 1000', unavailable: 'not_made not_found 1000' },
      },
    ],
    [
      'taken back',
      'capture',
      found('capture_failed'),
      asked(open('declined capture_failed'), 'declined capture_failed'),
    ],
    ['nothing', 'capture', { kind: 'not_found' }, asked(open('unknown'), 'unknown')],
    ['voided', 'void', found('voided'), asked(open('approved =voided'), 'approved =voided')],
    ['made', 'refund', foundRefund('refunded'), asked(open('approved'), 'approved')],
    ['on its way', 'refund', foundRefund('pending'), asked(open('pending 3600000'), 'pending 5000')],
    [
      'failed',
      'refund',
      foundRefund('failed'),
      asked(open('declined refund_failed'), 'declined refund_failed'),
    ],
  ];
  it.each(rows)('that finds it %s, of a %s', (_, purpose, result, row) => {
    expectRow(row, (state) => learnLookUp(attempt(purpose, state), result, context, nowMs));
  });

  const notFound = { kind: 'not_found' } as const;
  it.each([
    ['the key still lives', {}, 'unavailable not_found 1000'],
    ['the key is forgotten', { firstSentMs: nowMs - dayMs }, 'not_made not_found 1000'],
    ['the key is bound to a failure', { code: 'processor_failed' }, 'not_made not_found 1000'],
    ['its state was refused', { code: 'state_refused' }, 'not_made not_found 1000'],
    ['it was made in vain ten times', { tries: 10 }, 'unknown'],
  ] as const)('that finds nothing, where %s', (_, change, said) => {
    expect(words(learnLookUp(attempt('charge', 'unknown', change), notFound, context, nowMs))).toBe(said);
  });

  it('stays with a person at the end of its schedule', () => {
    const last = attempt('charge', 'unknown', { code: 'timed_out', looked: 9 });
    const none = { kind: 'unavailable', code: 'x' } as const;
    expect(words(learnLookUp(last, none, context, nowMs))).toBe('unknown timed_out');
  });
});
