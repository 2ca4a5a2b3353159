// Mutants of charging: a card that is charged twice, or not at all, or given back too much.
import type { Mutant } from './mutant.ts';

export const chargingMutants: readonly Mutant[] = [
  {
    name: 'a stolen card is charged again',
    breaks: 'a card is charged after a warning of fraud, though nobody said so',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: "if (attempts.some(isFraud)) return ask('fraud');",
        to: '',
      },
    ],
    tests: ['central/charging/next.test.ts', 'central/charging/sqlite/charging.test.ts'],
  },
  {
    name: 'a repetition long after its look-up',
    breaks: 'I13: after an outage a request is repeated by a key that was forgotten meanwhile',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: 'attempt.code === toRepeat && !isForgotten(attempt, route, nowMs)',
        to: 'attempt.code === toRepeat',
      },
    ],
    tests: ['central/charging/next.test.ts', 'central/charging/sqlite/by-key.test.ts'],
  },
  {
    name: 'a key that is forgotten is sent again',
    breaks: 'I13: what was done and not heard of is done once more',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: 'return nowMs - firstSentMs >= route.keyLifeMs(processor);',
        to: 'return nowMs - firstSentMs >= Infinity * route.keyLifeMs(processor);',
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'too early is not found',
    breaks: 'I13: a charge that a search does not show yet is made again',
    edits: [
      {
        file: 'central/charging/learn-look-up.ts',
        from: 'return { ...asItIs(attempt), notBeforeMs: nowMs + result.tryAgainAfterMs };',
        to: 'return notMade(attempt, context, nowMs);',
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'a second live charge',
    breaks: 'I13: a charge beside one that was approved',
    edits: [
      {
        file: 'central/charging/facts.ts',
        from: "const alive: readonly AttemptState[] = ['sent', 'approved', ",
        to: "const alive: readonly AttemptState[] = ['sent', ",
      },
      {
        file: 'central/ledger/sqlite/migrations/0006-money-that-moves.sql',
        from: 'CREATE UNIQUE INDEX attempt_alive',
        to: 'CREATE INDEX attempt_alive',
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'a refund above what was captured',
    breaks: 'more is given back than was taken',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: "if (payback.amountMinor > leftMinor) return ask('refund');",
        to: "if (payback.amountMinor > facts.capturedMinor) return ask('refund');",
      },
      {
        file: 'central/ledger/settle.ts',
        from: 'if (refundedMinor > checkout.totalMinor)',
        to: 'if (totalMinor > checkout.totalMinor)',
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'a refund above what is left',
    breaks: 'what the ledger let through by mistake is given back above what was taken',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: "if (payback.amountMinor > leftMinor) return ask('refund');",
        to: "if (payback.amountMinor > facts.capturedMinor) return ask('refund');",
      },
    ],
    tests: ['central/charging/next.test.ts'],
  },
  {
    name: 'another processor while a charge may be alive',
    breaks: 'I13: what the one may have done is done by the other',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: '  if (unknown) {',
        to: '  if (unknown && !route.broken.has(unknown.processor)) {',
      },
      {
        file: 'central/charging/next.ts',
        from: 'movable: false };\n  const byKey',
        to: 'movable: true };\n  const byKey',
      },
      {
        file: 'central/charging/sqlite/plans.ts',
        from: "case 'look_up':\n      return { dueMs: nowMs, processor: said.attempt.processor, lane: 1 };",
        to: "case 'look_up':\n      return { dueMs: nowMs, processor: said.attempt.processor, lane: 2 };",
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'an old webhook overwrites what is newer',
    breaks: 'what was taken back is booked once more by the word that came before',
    edits: [
      {
        file: 'central/ledger/sqlite/store.ts',
        from: "told.standing === 'older'",
        to: "told.standing === 'nothing'",
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'what is unknown is sent again unseen',
    breaks: 'I13: a call that may have been done is made again without a look',
    edits: [
      {
        file: 'central/charging/next.ts',
        from: "return { kind: byKey ? 'send_again' : 'look_up', attempt };",
        to: "return { kind: byKey || !byKey ? 'send_again' : 'look_up', attempt };",
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'one capture is booked for one call only',
    breaks: 'a capture that is made again after it was taken back is not booked when its webhook is first',
    edits: [
      {
        file: 'central/charging/sqlite/money.ts',
        from: "if (attempt.take === 'authorise_and_capture') return attempt;",
        to: "if (attempt.take !== 'authorise_and_capture' || true) return attempt;",
      },
    ],
    tests: ['central/charging/charging.property.test.ts'],
  },
  {
    name: 'an old decline ends what is in progress',
    breaks: 'I13: the state of an older event holds over a newer one, and frees the way for another charge',
    edits: [
      {
        file: 'central/charging/sqlite/events.ts',
        from: '{ ...rest, about: newest }',
        to: '{ ...rest, about: newest.kind === "other" ? newest : event.about }',
      },
    ],
    tests: ['central/ledger/sqlite/older-events.test.ts'],
  },
];
