// The rule by tables: every state of a charge under everything that may be wanted.
import { describe, expect, it } from 'vitest';
import type { AttemptFacts, AttemptState, CollectionFacts, Route } from './facts.ts';
import { type Next, next } from './next.ts';

const nowMs = 1_795_000_000_000;
const dayMs = 86_400_000;
const route: Route = {
  candidates: ['one', 'two'],
  otherOn: ['do_not_retry'],
  fallbackAfterMs: 300_000,
  reviewsRisk: true,
  keyLifeMs: () => dayMs,
  broken: new Set(),
};
const facts: CollectionFacts = {
  wanted: 'captured',
  totalMinor: 1000,
  capturedMinor: 0,
  refundedMinor: 0,
  lost: false,
  heldFor: null,
  asked: false,
  attempts: [],
  paybacks: [],
};
let ref = 0;
function made(state: AttemptState, change: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    ...{ ref: ++ref, purpose: 'charge', take: 'authorise', processor: 'one', state, amountMinor: 1000 },
    ...{ paybackRef: null, chargeId: 'ch', code: null, declineClass: null, tries: 1, looked: 0 },
    ...{ firstSentMs: nowMs - 1000, sentMs: nowMs - 1000, notBeforeMs: nowMs },
    ...change,
  };
}

/** In short: what is done, where, and of whom. */
function said(change: Partial<CollectionFacts>, way: Partial<Route> = {}): string {
  const step: Next = next({ ...facts, ...change }, { ...route, ...way }, nowMs);
  switch (step.kind) {
    case 'rest':
      return step.state;
    case 'wait':
      return `wait ${step.untilMs - nowMs} at ${step.processor}`;
    case 'send':
      return `${step.purpose} ${step.amountMinor} at ${step.processor}${step.take === null ? '' : ` ${step.take}`}`;
    case 'send_again':
    case 'look_up':
      return `${step.kind} ${step.attempt.purpose}`;
    case 'write_off':
      return 'write_off';
    case 'ask_person':
      return `person: ${step.heldFor}`;
  }
}

const declined = (declineClass: AttemptFacts['declineClass'], change: Partial<AttemptFacts> = {}) =>
  made('declined', { declineClass, code: 'x', notBeforeMs: null, ...change });

describe('what is sold is taken', () => {
  const charge = 'charge 1000 at one authorise_and_capture';
  const cases: [string, Partial<CollectionFacts>, string][] = [
    ['by a first charge', {}, charge],
    ['not twice while it is on its way', { attempts: [made('sent')] }, 'open'],
    ['by looking up what nobody knows', { attempts: [made('unknown')] }, 'look_up charge'],
    [
      'by the same request where only its key can say',
      { attempts: [made('unknown', { code: 'repeat' })] },
      'send_again charge',
    ],
    [
      'but by a look-up where that key was forgotten meanwhile',
      { attempts: [made('unknown', { code: 'repeat', firstSentMs: nowMs - dayMs })] },
      'look_up charge',
    ],
    ['when its look-up is due', { attempts: [made('unknown', { notBeforeMs: nowMs + 5 })] }, 'wait 5 at one'],
    [
      'by a person, once the look-ups are at their end',
      { attempts: [made('unknown', { notBeforeMs: null })] },
      'person: unknown',
    ],
    ['by a capture of what is authorised', { attempts: [made('approved')] }, 'capture 1000 at one'],
    ['and is collected', { attempts: [made('approved')], capturedMinor: 1000 }, 'collected'],
    [
      'unless another amount was',
      { attempts: [made('approved')], capturedMinor: 900 },
      'person: amount_differs',
    ],
    ['by the same again where nothing happened', { attempts: [made('unavailable')] }, 'send_again charge'],
    [
      'but not by a key that is forgotten',
      { attempts: [made('unavailable', { firstSentMs: nowMs - dayMs })] },
      'look_up charge',
    ],
    ['anew where it was not made', { attempts: [made('not_made')] }, charge],
    ['anew where it was let go', { attempts: [made('undone', { notBeforeMs: null })] }, charge],
    [
      'by a person where it was refused as wrong',
      { attempts: [made('rejected', { notBeforeMs: null })] },
      'person: rejected',
    ],
    [
      'later where the bank said later',
      { attempts: [declined('retry_later', { notBeforeMs: nowMs + 9 })] },
      'wait 9 at one',
    ],
    [
      'once elsewhere where the rules say so',
      { attempts: [declined('do_not_retry')] },
      'charge 1000 at two authorise_and_capture',
    ],
    [
      'and not a third time',
      { attempts: [declined('do_not_retry'), declined('do_not_retry', { processor: 'two' })] },
      'write_off',
    ],
    ['or is lost', { attempts: [declined('other_method')] }, 'write_off'],
    ['and stays lost', { attempts: [declined('other_method')], lost: true }, 'written_off'],
    ['nor after a warning of fraud', { attempts: [declined('fraud')] }, 'person: fraud'],
    ['which stays lost once it is', { attempts: [declined('fraud')], lost: true }, 'written_off'],
    [
      'whatever was declined after it',
      { attempts: [declined('fraud'), declined('retry_later', { processor: 'two' })] },
      'person: fraud',
    ],
    [
      'until a person lets it be charged',
      { attempts: [made('not_made', { declineClass: 'fraud' })] },
      'charge 1000 at one authorise_and_capture',
    ],
    ['not before a person has looked', { heldFor: 'review' }, 'person: review'],
    [
      'not again by itself when its capture was taken back',
      { attempts: [made('approved', { code: 'capture_failed' })] },
      'person: rejected',
    ],
    [
      'nor when that was an attempt of its own',
      { attempts: [made('approved'), declined(null, { purpose: 'capture', code: 'capture_failed' })] },
      'person: rejected',
    ],
    ['once a person has said so', { attempts: [made('approved')] }, 'capture 1000 at one'],
    [
      'not before a person has seen what was approved with a warning',
      { attempts: [made('approved', { code: 'risk_elevated' })] },
      'person: fraud',
    ],
    [
      'which is too late once it is captured',
      { attempts: [made('approved', { code: 'risk_elevated' })], capturedMinor: 1000 },
      'collected',
    ],
    [
      'and is for a person where a refund stands against it',
      {
        capturedMinor: 1000,
        refundedMinor: 400,
        attempts: [made('approved'), made('approved', { purpose: 'capture', code: 'capture_failed' })],
      },
      'person: amount_differs',
    ],
    ['never after a person gave it up', { lost: true, attempts: [made('approved')] }, 'written_off'],
    [
      'never beside another one',
      { attempts: [made('not_made', { code: 'made_twice' }), made('approved')] },
      'person: made_twice',
    ],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(said(change)).toBe(expected);
  });

  it('at another processor while the first is down, and only then', () => {
    const broken = new Set(['one']);
    expect(said({}, { broken })).toBe('charge 1000 at two authorise_and_capture');
    expect(said({ attempts: [made('unavailable')] }, { broken })).toBe(
      'charge 1000 at two authorise_and_capture',
    );
    expect(said({ attempts: [made('unknown')] }, { broken })).toBe('look_up charge');
    expect(said({}, { candidates: [] })).toBe('person: no_route');
  });

  it.each([
    ['sent', 'open'],
    ['unknown', 'look_up capture'],
    ['unavailable', 'send_again capture'],
    ['not_made', 'capture 1000 at one'],
    ['rejected', 'person: rejected'],
    ['declined', 'person: rejected'],
  ] as const)('whose capture is %s: %s', (state, expected) => {
    expect(said({ attempts: [made('approved'), made(state, { purpose: 'capture', take: null })] })).toBe(
      expected,
    );
  });
});

describe('what is undone is let go', () => {
  const nothing = { wanted: 'nothing' } as const;
  const cases: [string, Partial<CollectionFacts>, string][] = [
    ['without a word where nothing was sent', {}, 'released'],
    ['not before what is on its way is known', { attempts: [made('sent')] }, 'open'],
    ['not before it is looked up', { attempts: [made('unknown')] }, 'look_up charge'],
    ['without a word where nothing happened', { attempts: [made('unavailable')] }, 'released'],
    ['without a word where it was declined', { attempts: [declined('retry_later')] }, 'released'],
    ['by a void', { attempts: [made('approved')] }, 'void 1000 at one'],
    ['by giving back all of it', { attempts: [made('approved')], capturedMinor: 1000 }, 'refund 1000 at one'],
    [
      'by giving back what is left',
      { attempts: [made('approved')], capturedMinor: 1000, refundedMinor: 300 },
      'refund 700 at one',
    ],
    ['and is released', { attempts: [made('undone')], capturedMinor: 1000, refundedMinor: 1000 }, 'released'],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(said({ ...nothing, ...change })).toBe(expected);
  });
});

describe('what a kiosk waits for', () => {
  const asked = { wanted: 'authorised', asked: true } as const;
  const cases: [string, Partial<CollectionFacts>, string][] = [
    ['is authorised and not captured', {}, 'charge 1000 at one authorise'],
    ['waits for the decision', { attempts: [made('approved')], asked: false }, 'open'],
    [
      'is asked elsewhere at once where nothing happened',
      { attempts: [made('unavailable')] },
      'charge 1000 at two authorise',
    ],
    ['is asked elsewhere once', { attempts: [declined('do_not_retry')] }, 'charge 1000 at two authorise'],
    ['is not asked elsewhere where the rules do not say so', { attempts: [declined('fraud')] }, 'open'],
    ['is not asked again once it is answered', { attempts: [made('unavailable')], asked: false }, 'open'],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(said({ ...asked, ...change })).toBe(expected);
  });
});

describe('what is given back at the counter', () => {
  const paid = { attempts: [made('approved')], capturedMinor: 1000 };
  const payback = { ref: 7, amountMinor: 400, state: 'open' } as const;
  const refund = (state: AttemptState, change: Partial<AttemptFacts> = {}) =>
    made(state, { purpose: 'refund', take: null, paybackRef: 7, amountMinor: 400, ...change });
  const cases: [string, Partial<CollectionFacts>, string][] = [
    ['goes back once the charge is captured', { ...paid, paybacks: [payback] }, 'refund 400 at one'],
    ['waits for the capture', { attempts: [made('approved')], paybacks: [payback] }, 'capture 1000 at one'],
    ['is never more than is left', { ...paid, refundedMinor: 700, paybacks: [payback] }, 'person: refund'],
    ['is for a person where nothing was collected', { lost: true, paybacks: [payback] }, 'person: refund'],
    [
      'is looked up',
      { ...paid, attempts: [...paid.attempts, refund('unknown')], paybacks: [payback] },
      'look_up refund',
    ],
    [
      'is waited for',
      {
        ...paid,
        attempts: [...paid.attempts, refund('pending', { notBeforeMs: nowMs + 3 })],
        paybacks: [payback],
      },
      'wait 3 at one',
    ],
    [
      'is for a person where it was refused',
      { ...paid, attempts: [...paid.attempts, refund('declined')], paybacks: [payback] },
      'person: refund',
    ],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(said(change)).toBe(expected);
  });
});
