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
];
