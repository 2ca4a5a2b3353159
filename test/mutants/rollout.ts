// Mutants of rollouts: who gets something when, what counts as proof, and which program starts.
import type { Mutant } from './mutant.ts';

const changes = 'central/rollout/sqlite/changes.ts';

export const rolloutMutants: readonly Mutant[] = [
  {
    name: 'everybody at once',
    breaks: 'a stage reaches more boxes than its share',
    edits: [
      {
        file: 'central/rollout/sqlite/boxes.ts',
        from: 'waitingIn.all(rollout, size)',
        to: 'waitingIn.all(rollout, boxes)',
      },
    ],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'applied is taken for running',
    breaks: 'a box counts that applied a version and runs another',
    edits: [
      {
        file: changes,
        from: 'if (running === told)',
        to: 'if (told)',
      },
    ],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'one way for everybody',
    breaks: 'a box that has a catalogue of a rollout is told what differs from another one',
    edits: [
      {
        file: 'central/ledger/sqlite/catalogue-versions.ts',
        from: '[...new Set([inForce(), ...carried])]',
        to: '[inForce()]',
      },
    ],
    tests: ['central/rollout/catalogue-rollout'],
  },
  {
    name: 'products that boxes have are cleared away',
    breaks: 'a box cannot go back to its catalogue, nor on from it by what differs',
    edits: [
      {
        file: 'central/ledger/sqlite/lists.ts',
        from: 'OR version IN (SELECT catalogue_version FROM appliance)',
        to: '',
      },
    ],
    tests: ['central/rollout/catalogue-rollout'],
  },
  {
    name: 'a trial is taken for running',
    breaks: 'a release counts that has not proved itself',
    edits: [{ file: changes, from: "&& slots?.step !== 'proving'", to: '' }],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'the second of two people at once',
    breaks: 'somebody acts on a rollout that is not the one they saw',
    edits: [{ file: 'central/rollout/sqlite/rollouts.ts', from: 'found.version !== version', to: 'false' }],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'a start that is not counted',
    breaks: 'a program that crashes at start is started for ever',
    edits: [
      {
        file: 'daemon/release/launch.ts',
        from: 'if (chosen.slots !== before) files.write(chosen.slots);',
        to: '',
      },
    ],
    tests: ['daemon/release/launch.test.ts'],
  },
  {
    name: 'anybody signs',
    breaks: 'a release is taken that the release key did not sign',
    edits: [
      {
        file: 'kit/minisign.ts',
        from: 'return signed ? comment : null;',
        to: 'return signed || comment ? comment : null;',
      },
    ],
    tests: ['daemon/release/fetch.test.ts'],
  },
  {
    name: 'an old release under a new name',
    breaks: 'an old release, rightly signed, passes for the one that was wished',
    edits: [
      {
        file: 'daemon/release/fetch.ts',
        from: "if (list.name !== release) return refused('release_misnamed');",
        to: '',
      },
    ],
    tests: ['daemon/release/fetch.test.ts'],
  },
  {
    name: 'central has the last word',
    breaks: 'a key counts that the file of the box keeps to itself',
    edits: [{ file: 'daemon/remote/lay-over.ts', from: '!file.central.maySet.includes(key)', to: 'false' }],
    tests: ['daemon/remote/remote.test.ts'],
  },
  {
    name: 'gone by before it is kept',
    breaks: 'what central sets counts, and is gone with the next start',
    edits: [
      {
        file: 'daemon/remote/remote.ts',
        from: "await store.ask('takeConfiguration', { version: take.version });",
        to: '',
      },
    ],
    tests: ['daemon/remote/remote.test.ts'],
  },
  {
    name: 'a refusal is not heard',
    breaks: 'a box that does not take a configuration is waited for until its time is over',
    edits: [{ file: changes, from: 'refused.version !== told', to: 'refused.version' }],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'sales of before count',
    breaks: 'a box is judged by what it declined before it had the change',
    edits: [
      {
        file: 'central/rollout/sqlite/sales.ts',
        from: 'AND (box.since_ms IS NULL OR document.booked_ms >= box.since_ms)',
        to: '',
      },
    ],
    tests: ['central/rollout/rollout.test.ts'],
  },
  {
    name: 'errors of before count',
    breaks: 'a box is judged by what it failed on before it had the change',
    edits: [
      { file: 'central/rollout/count-answers.ts', from: 'if (before?.side === side)', to: 'if (before)' },
    ],
    tests: ['central/rollout/errors.test.ts'],
  },
  {
    name: 'a kiosk that waits is passed over',
    breaks: 'a box changes to another release while a checkout is in flight',
    edits: [{ file: 'daemon/release/next-step.ts', from: 'inFlight > 0 ||', to: '' }],
    tests: ['daemon/release/next-step.test.ts'],
  },
];
