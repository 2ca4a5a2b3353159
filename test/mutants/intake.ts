// Mutants of the way into the ledger: receipts, copies, and answers to kiosks.
import type { Mutant } from './mutant.ts';

export const intakeMutants: readonly Mutant[] = [
  {
    name: 'receipt before commit',
    breaks: 'I4: a receipt promises what a loss of power takes away again',
    edits: [
      {
        file: 'central/ledger/sqlite/batch.ts',
        from: 'return store.transaction(() => commands.map((command) => execute(store, command)));',
        to: 'return store.transaction(() => { const early = commands.map((command) => execute(store, command)); answer(early); return early; });',
      },
      {
        file: 'central/ledger/sqlite/batch.ts',
        from: 'answer(commit(store, commands) ?? commands.map((command) => commitAlone(store, command)));',
        to: 'commit(store, commands, answer);',
      },
      {
        file: 'central/ledger/sqlite/batch.ts',
        from: 'function commit(store: SqliteStore, commands: readonly Command[]): Answer[] | null {',
        to: 'function commit(store: SqliteStore, commands: readonly Command[], answer: (answers: Answer[]) => void): Answer[] | null {',
      },
    ],
    tests: ['central/ledger/sqlite/batch.test.ts'],
  },
  {
    name: 'an authorisation left hanging',
    breaks: 'a customer pays for what the appliance refused',
    edits: [
      {
        file: 'central/ledger/authorise.ts',
        from: "return answer === 'authorised' ? { ...nothing, reversal: true, outcome: 'reversed' } : nothing;",
        to: 'return nothing;',
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts'],
  },
  {
    name: 'no de-duplication at central',
    breaks: 'I5: an entry sent twice is booked twice',
    edits: [
      {
        file: 'central/intake/plan-run.ts',
        from: 'const skip = receivedThrough + 1 - run.firstSeq;',
        to: 'const skip = 0;',
      },
    ],
    tests: ['central/intake/plan-run.test.ts', 'central/intake/intake.test.ts'],
  },
  {
    name: 'a known decision that is not known',
    breaks: 'I5: what a salvaged journal brings again is parked, and people look for money that is there',
    edits: [
      {
        file: 'central/ledger/sqlite/booking.ts',
        from: 'return twins.decision(source, entry.checkoutId, body);',
        to: 'return null;',
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts', 'central/doubts/salvage.property.test.ts'],
  },
  {
    name: 'known by its id alone',
    breaks: 'another sale under a known id is taken for the same, and nobody sees it',
    edits: [{ file: 'central/doubts/sqlite/twins.ts', from: "AND entry.body = @body'", to: "'" }],
    tests: ['central/ledger/sqlite/store.test.ts'],
  },
  {
    name: 'a salvaged journal that is booked before the one it goes on from',
    breaks: 'I5: a void is parked whose sale central has received and not booked yet',
    edits: [
      {
        file: 'central/ledger/sqlite/booking.ts',
        from: 'AND older.booked_through < older.received_through)',
        to: 'AND older.booked_through < older.received_through AND 1 = 0)',
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts', 'central/doubts/salvage.property.test.ts'],
  },
  {
    name: 'what was received is in doubt all the same',
    breaks: 'people look for sales that are in the books',
    edits: [
      {
        file: 'central/doubts/judge-salvage.ts',
        from: 'lastSeq <= receivedThrough ? []',
        to: 'lastSeq <= 0 ? []',
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts'],
  },
  {
    name: 'a handed over file that is taken for whatever journal was named',
    breaks: "another box's sales are booked here",
    edits: [
      {
        file: 'central/doubts/sqlite/handed-over.ts',
        from: 'if (other !== null) return',
        to: 'if (false) return',
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts'],
  },
  {
    name: 'a synthetic checkout that is sold',
    breaks: 'what an appliance asked itself is booked, charged and paid out',
    edits: [
      {
        file: 'central/ledger/sqlite/booking.ts',
        from: 'synthetics.take(source, entry);\n        latency',
        to: "if (synthetics) return bookDocument(source, { ...entry, kind: 'checkout' } as never);\n        latency",
      },
    ],
    tests: ['central/ledger/sqlite/store.test.ts'],
  },
];
