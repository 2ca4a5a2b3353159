// The mutants that guard money: each breaks one promise on purpose, and the tests named must turn red.

export interface Mutant {
  name: string;
  /** What it breaks, by the invariant's number in ARCHITECTURE.md. */
  breaks: string;
  edits: readonly { file: string; from: string; to: string }[];
  /** Test files of which at least one must fail. */
  tests: readonly string[];
}

export const mutants: readonly Mutant[] = [
  {
    name: 'synchronous=NORMAL',
    breaks: 'I1: a 201 is answered before the disk has it',
    edits: [
      {
        file: 'kit/sqlite.ts',
        from: "db.pragma('synchronous = FULL')",
        to: "db.pragma('synchronous = NORMAL')",
      },
      { file: 'kit/sqlite.ts', from: "db.pragma('synchronous', { simple: true }) === 2", to: 'true' },
    ],
    tests: ['daemon/store/durability.test.ts', 'daemon/store/store.test.ts'],
  },
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
    name: 'no de-duplication at the appliance',
    breaks: 'I2: a repeated checkout is sold again',
    edits: [
      {
        file: 'daemon/store/entering.ts',
        from: 'const known = documents.find(idBytes(id));\n      if (!known) return null;',
        to: 'const known = null as ReturnType<typeof documents.find>;\n      if (!known) return null;',
      },
      {
        file: 'daemon/store/documents.ts',
        from: 'INSERT INTO document',
        to: 'INSERT OR REPLACE INTO document',
      },
    ],
    tests: ['daemon/store/store.test.ts'],
  },
  {
    name: 'no room kept for a pending checkout',
    breaks: 'I12: two that wait are both approved offline where there was room for one',
    edits: [
      {
        file: 'daemon/store/accept.ts',
        from: "route.kind === 'asked' ? route.late === 'approve_offline' :",
        to: "route.kind === 'asked' ? false :",
      },
    ],
    tests: ['daemon/store/decisions.test.ts'],
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
    name: 'a scope that nobody asks for',
    breaks: 'a kiosk does what its technician did not grant, and strangers on the network anything',
    edits: [{ file: 'daemon/http/scopes.ts', from: 'if (needed !== null) demand', to: 'if (false) demand' }],
    tests: ['daemon/http/kiosks.test.ts'],
  },
  {
    name: 'a revocation that nobody notices',
    breaks: 'a stolen till goes on selling until the daemon is started again',
    edits: [
      {
        file: 'daemon/store/kiosks/door.ts',
        from: 'if (dataVersion.get() !== seenVersion) refresh();',
        to: '',
      },
    ],
    tests: ['daemon/store/kiosks/kiosks.test.ts'],
  },
  {
    name: 'a lock that the wall clock lifts',
    breaks: 'codes are guessed five at a time by whoever can step the clock',
    edits: [
      {
        file: 'daemon/store/kiosks/open.ts',
        from: 'monotonicMs: clock.monotonicMs()',
        to: 'monotonicMs: clock.wallMs()',
      },
    ],
    tests: ['daemon/store/kiosks/kiosks.test.ts'],
  },
  {
    name: 'what was given back of a line is forgotten',
    breaks: 'I14 and the total: a line is given back, and its goods released, twice',
    edits: [
      {
        file: 'daemon/store/accept-refund.ts',
        from: '    givenBack.add(checkout.id, back);\n',
        to: '',
      },
    ],
    tests: ['daemon/store/projections.test.ts'],
  },
  {
    name: 'goods are picked that are promised to others',
    breaks: 'I14: a reservation that ran out takes what was sold since',
    edits: [
      {
        file: 'daemon/checkout/fulfil.ts',
        from: '&& sum > left)',
        to: '&& sum < 0)',
      },
    ],
    tests: ['daemon/store/projections.test.ts', 'daemon/checkout/fulfil.test.ts'],
  },
  {
    name: 'stock is not taken',
    breaks: 'I14: what one checkout took is sold to the next',
    edits: [
      {
        file: 'daemon/store/effects.ts',
        from: 'else stock.take(sku, quantity);\n      }',
        to: 'else stock.available(sku);\n      }',
      },
    ],
    tests: ['daemon/store/projections.test.ts'],
  },
  {
    name: 'a void gives its exposure back twice',
    breaks: 'I12: more is exposed than is counted',
    edits: [
      {
        file: 'daemon/store/documents.ts',
        from: 'SET voided_by = ?, exposed_minor = 0 WHERE',
        to: 'SET voided_by = ? WHERE',
      },
    ],
    tests: ['daemon/store/exposure.test.ts', 'daemon/store/projections.test.ts'],
  },
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
  {
    name: 'what was not seen is not there',
    breaks: 'I13: a charge at Adyen whose webhook is late is taken to be absent',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: "return repeatable ? { kind: 'repeat' } : { kind: 'unavailable', code: 'key_forgotten' };",
        to: "return repeatable ? { kind: 'not_found' } : { kind: 'not_found' };",
      },
    ],
    tests: ['central/processors/adyen.test.ts'],
  },
  {
    name: 'an outage ends the doubt',
    breaks: 'I13: a charge not heard of is sent again when its key is forgotten',
    edits: [
      {
        file: 'central/processors/retryable.ts',
        from: 'if (inDoubt && (',
        to: 'if (!inDoubt && inDoubt && (',
      },
    ],
    tests: ['central/processors/adyen.test.ts', 'central/processors/retryable.test.ts'],
  },
  {
    name: 'a key that lives for ever',
    breaks: 'I13: a request is repeated after Adyen may have forgotten its key',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: 'clock.wallMs() - firstSentMs < keyLifeMs - keyMarginMs',
        to: 'clock.wallMs() - firstSentMs < Infinity - keyMarginMs',
      },
    ],
    tests: ['central/processors/adyen.test.ts'],
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
    name: 'one signed item vouches for all',
    breaks: 'an unsigned item of a webhook is believed',
    edits: [
      {
        file: 'central/processors/adyen.ts',
        from: 'if (!items.every((item) => isSigned',
        to: 'if (!items.some((item) => isSigned',
      },
    ],
    tests: ['central/processors/adyen-webhooks.test.ts'],
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
  {
    name: 'passwords follow a redirection',
    breaks: 'the credentials of reports go to another address than the one that is configured',
    edits: [
      {
        file: 'central/processors/adyen-reports.ts',
        from: "redirect: 'manual',",
        to: "redirect: 'follow',",
      },
    ],
    tests: ['central/processors/adyen-reports.test.ts'],
  },
];
