// The routes of seqs in doubt: what a person must look at, and their word that it was seen to.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { Moment, pageOf } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { Actor } from '../people/actor-schema.ts';
import { type DoubtSettled, type DoubtView, doubtKinds, doubtStates } from './port.ts';

const Doubt = z
  .object({
    number: z.int(),
    applianceId: z.string(),
    journalId: z.string().nullable().meta({
      description: 'The journal they are of; null: nothing in the damaged file told it.',
    }),
    goesOnIn: z.string().meta({ description: 'The journal that goes on from it.' }),
    kind: z.enum(doubtKinds).meta({
      description:
        'lost: nobody can read them. altered: what is there is not what was written. unproven: nothing proves them.',
    }),
    firstSeq: z.int(),
    lastSeq: z.int(),
    state: z.enum(doubtStates).meta({
      description:
        'open waits for a person. found: handed over since. settled: by a person. booked: came all the same (unproven).',
    }),
    sinceMs: Moment,
    endedMs: Moment.nullable(),
    endedBy: Actor.nullable(),
    reason: z.string().nullable(),
    evidence: z.string().nullable(),
  })
  .meta({ id: 'Doubt' });
const DoubtPage = pageOf(Doubt, z.int()).meta({ id: 'DoubtPage' });
const DoubtsQuery = PageQuery.extend({
  state: z.enum(doubtStates).optional(),
  appliance: ApplianceId.optional(),
});
const Settlement = z.strictObject({
  reason: Text(1000),
  evidence: Text(1000)
    .optional()
    .meta({ description: 'Where what proves it lies, such as the number of a slip or a ticket.' }),
});

const sample: z.output<typeof Doubt> = {
  number: 3,
  applianceId: 'leeds-1',
  journalId: '0199f3c8-1111-7c01-9d2e-0a1b2c3d4e5f',
  goesOnIn: '0199f3c8-7b20-7d11-8e3f-1a2b3c4d5e6f',
  kind: 'lost',
  firstSeq: 951,
  lastSeq: 958,
  state: 'open',
  sinceMs: 1_795_000_000_000,
  endedMs: null,
  endedBy: null,
  reason: null,
  evidence: null,
};

export function doubtRoutes(store: Pick<LedgerPort, 'doubts' | 'doubt' | 'settleDoubt'>): Route[] {
  return [
    route({
      id: 'listDoubts',
      method: 'GET',
      path: '/v1/journals/doubts',
      summary: 'List seqs of damaged journals that central lacks, in the order they came up',
      action: 'doubt.read',
      query: DoubtsQuery,
      answer: DoubtPage,
      example: { items: [sample], nextCursor: null },
      handle: ({ query: { state, appliance, cursor, limit } }) =>
        store.doubts({
          ...{ state: state ?? null, applianceId: appliance ?? null, cursor: cursor ?? null, limit },
        }),
    }),
    route({
      id: 'readDoubt',
      method: 'GET',
      path: '/v1/journals/doubts/:number',
      summary: 'Read one range of seqs in doubt, and how it ended',
      action: 'doubt.read',
      params: NumberParams,
      answer: Doubt,
      example: sample,
      problems: ['not_found'],
      handle: async ({ params: { number } }) => found(await store.doubt(number), 'doubt'),
    }),
    route({
      id: 'settleDoubt',
      method: 'POST',
      path: '/v1/journals/doubts/:number/settlement',
      summary: 'Say that a range in doubt was seen to, and how; nothing is booked by it',
      action: 'doubt.settle',
      params: NumberParams,
      body: Settlement,
      bodyExample: { reason: 'no slip of these numbers was handed out', evidence: 'ticket 4711' },
      answer: Doubt,
      example: {
        ...sample,
        state: 'settled',
        endedMs: sample.sinceMs + 3_600_000,
        endedBy: { kind: 'key', name: 'ann-laptop', role: 'finance', from: '10.20.0.7', owner: 'ann' },
        reason: 'no slip of these numbers was handed out',
        evidence: 'ticket 4711',
      },
      problems: ['not_found', 'doubt_ended'],
      handle: async ({ params: { number }, body: { reason, evidence = null }, by }) =>
        settled(await store.settleDoubt({ number, reason, evidence }, by)),
    }),
  ];
}

function settled(said: DoubtSettled): DoubtView {
  switch (said.kind) {
    case 'settled':
      return said.doubt;
    case 'doubt_unknown':
      throw new ProblemError('not_found', 'No doubt has that number.');
    case 'ended_already':
      throw new ProblemError('doubt_ended', `It is ${said.doubt.state}. What was said of it stands.`);
    default:
      return unreachable(said);
  }
}
