// The routes of the audit log: its records, and the proof that nobody changed them.
import * as z from 'zod';
import { Sha256Hex, Text } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { Moment, pageOf } from '../http/fields.ts';
import { ProblemError } from '../http/problems.ts';
import { Limit, PageQuery, WholeNumber } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import { Actor } from './actor-schema.ts';
import type { PeoplePort } from './port.ts';
import { verifyAudit } from './verify-audit.ts';

const AuditRecord = z
  .object({
    number: z.int(),
    atMs: Moment,
    actor: Actor,
    action: z.string().meta({ description: 'A thing and what was done to it, such as `key.create`.' }),
    about: z.string().meta({ description: 'The thing, such as `key month-end`.' }),
    detail: z.record(z.string(), z.unknown()),
    hash: z.string().meta({ description: 'SHA-256 over the hash before, the number and the body.' }),
  })
  .meta({ id: 'AuditRecord' });
/** A whole log is taken along in few pages. */
const auditPageMax = 1000;
const AuditQuery = PageQuery.extend({
  limit: Limit(auditPageMax, 50),
  action: Text(limits.textCharsMax).optional(),
  about: Text(limits.textCharsMax).optional(),
  who: Text(limits.textCharsMax).optional().meta({
    description:
      'A person with all their keys and at the machine, a key without an owner, or a rule of central’s own.',
  }),
  fromMs: WholeNumber.optional().meta({ description: 'From this moment on.' }),
  untilMs: WholeNumber.optional().meta({ description: 'Before this moment.' }),
});
const ProofQuery = z.strictObject({ number: WholeNumber.optional(), hash: Sha256Hex.optional() });
const Proof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole'), records: z.int(), hash: z.string() }),
  z.object({ kind: z.literal('broken'), number: z.int(), detail: z.string() }),
]);

const hash = 'a1'.repeat(32);

export function auditRoutes(store: PeoplePort): Route[] {
  return [
    route({
      id: 'listAudit',
      method: 'GET',
      path: '/v1/audit',
      summary: 'List who did what, the newest first, of all records',
      action: 'audit.read',
      query: AuditQuery,
      answer: pageOf(AuditRecord, z.int()),
      example: {
        items: [
          {
            number: 18,
            atMs: 1_795_000_000_000,
            actor: { kind: 'key', name: 'first', role: 'admin', from: '10.20.0.7' },
            action: 'key.revoke',
            about: 'key month-end',
            detail: { role: 'finance', reason: 'its laptop was lost' },
            hash,
          },
        ],
        nextCursor: null,
      },
      handle: ({
        query: {
          action = null,
          about = null,
          who = null,
          fromMs = null,
          untilMs = null,
          cursor = null,
          limit,
        },
      }) => store.auditRecords({ action, about, who, fromMs, untilMs, cursor, limit }),
    }),
    route({
      id: 'proveAudit',
      method: 'GET',
      path: '/v1/audit/proof',
      summary:
        'Recompute the chain of the whole log; a number and its hash that were noted elsewhere prove that its end is there too',
      action: 'audit.read',
      query: ProofQuery,
      answer: Proof,
      example: { kind: 'whole', records: 18, hash },
      handle: async ({ query }) => {
        if ((query.number === undefined) !== (query.hash === undefined)) {
          throw new ProblemError('query_malformed', 'number, hash: give both or neither');
        }
        const { number, hash: noted } = query;
        return verifyAudit(
          store,
          number === undefined || noted === undefined ? null : { number, hash: noted },
        );
      },
    }),
  ];
}
