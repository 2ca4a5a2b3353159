// Mutants of who may do what, and of what one person may not do alone.
import type { Mutant } from './mutant.ts';

export const peopleMutants: readonly Mutant[] = [
  {
    name: 'a key may be used from anywhere',
    breaks: 'a stolen key is worth as much outside as inside',
    edits: [
      {
        file: 'central/people/keys.ts',
        from: 'key.addresses !== null && !isListed(key.addresses, request.from)',
        to: "key.addresses !== null && isListed([], '')",
      },
    ],
    tests: ['central/people/keys.test.ts', 'central/http/gate.test.ts'],
  },
  {
    name: 'a narrow key makes a wide one',
    breaks: 'key.manage alone is everything',
    edits: [
      {
        file: 'central/people/keys.ts',
        from: 'keyMay(key, action) && !keyMay(maker, action)',
        to: 'keyMay(key, action) && !roleMay(maker.role, action)',
      },
    ],
    tests: ['central/people/keys.test.ts', 'central/people/sqlite/keys.test.ts'],
  },
  {
    name: 'one person decides above the limit',
    breaks: 'the second of two persons is the first',
    edits: [
      {
        file: 'central/people/reviews.ts',
        from: "return who.person === who.proposedBy ? { kind: 'second_person_needed' } : { kind: 'decided' };",
        to: "return { kind: 'decided' };",
      },
    ],
    tests: ['central/people/reviews.test.ts', 'central/people/sqlite/reviews.test.ts'],
  },
  {
    name: 'one person confirms with a second key',
    breaks: 'what one person settles above the limit is one person’s alone',
    edits: [
      {
        file: 'central/people/second-person.ts',
        from: 'return actor.owner === undefined ?',
        to: 'return actor.name !== undefined ?',
      },
    ],
    tests: ['central/people/second-person.test.ts', 'central/reconciliation/sqlite/acting.test.ts'],
  },
  {
    name: 'a large exception is settled in small parts',
    breaks: 'the limit above which a second person is asked is none',
    edits: [
      {
        file: 'central/reconciliation/sqlite/acting.ts',
        from: 'WHERE ref IN whole AND split_from IS NULL',
        to: 'WHERE ref = @ref',
      },
    ],
    tests: ['central/reconciliation/sqlite/acting.test.ts'],
  },
  {
    name: 'the audit log is believed',
    breaks: 'whoever changes a record is not seen',
    edits: [
      {
        file: 'central/people/audit.ts',
        from: 'if (!hash.equals(record.hash))',
        to: 'if (hash.length < 32)',
      },
    ],
    tests: ['central/people/sqlite/audit.test.ts'],
  },
];
