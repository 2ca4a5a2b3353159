// Mutants of the appliance: what it has accepted, sold, shown and let in.
import type { Mutant } from './mutant.ts';

export const applianceMutants: readonly Mutant[] = [
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
        from: 'if (dataVersion.get() !== seenVersion) refresh();\n      const tokenHash',
        to: 'const tokenHash',
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
    name: 'any age of central’s certificate borne',
    breaks: 'whoever finds an old certificate of central’s is central to a box whose clock is wrong',
    edits: [
      {
        file: 'daemon/identity/server-time.ts',
        from: "if (notAfterMs < earliestMs) return 'expired';",
        to: '',
      },
    ],
    tests: ['daemon/identity/server-time.test.ts', 'daemon/sync/mqtt-link.test.ts'],
  },
  {
    name: 'a clock never believed',
    breaks: 'central’s certificate has run out, the clock is right, and the box goes on as if it had not',
    edits: [
      {
        file: 'daemon/identity/server-time.ts',
        from: "return wallMs > latestMs ? 'borne' : 'expired';",
        to: "return 'borne';",
      },
    ],
    tests: ['daemon/identity/server-time.test.ts', 'daemon/sync/mqtt-link.test.ts'],
  },
  {
    name: 'central’s word not compared',
    breaks: 'what was borne for a wrong clock is never confirmed',
    edits: [{ file: 'daemon/sync/pump.ts', from: 'if (doubt) {', to: 'if (false as boolean && doubt) {' }],
    tests: ['daemon/sync/pump.test.ts'],
  },
  {
    name: 'a synthetic checkout that takes a slip number and room',
    breaks: 'I15: the numbers of slips have gaps, and what nobody bought stands in the exposure',
    edits: [
      {
        file: 'daemon/store/accept.ts',
        from: 'const body = Buffer.from(JSON.stringify(entry));\n      const seq = journal.append({ kind: entry.kind, checkoutId: null',
        to: "effects.take(idBytes(id), { checkout, kiosk: undefined }, checkout.totalMinor, policy, siteTime.book());\n      const body = Buffer.from(JSON.stringify({ ...entry, ...entering.slipFor('approved_offline') }));\n      const seq = journal.append({ kind: entry.kind, checkoutId: null",
      },
    ],
    tests: ['daemon/store/synthetic.test.ts'],
  },
  {
    name: 'a kiosk that may have the box ask itself',
    breaks: 'whoever reaches the till fills the journal',
    edits: [
      {
        file: 'daemon/http/scopes.ts',
        from: 'if (!ctx.state.atTheBox) throw',
        to: 'if (false as boolean) throw',
      },
    ],
    tests: ['daemon/synthetic/synthetics.test.ts'],
  },
];
