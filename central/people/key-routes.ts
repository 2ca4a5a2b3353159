// The routes of keys. A secret is answered once, when it is made; nobody can read it again.
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { isAddressRange } from '../../kit/address-list.ts';
import { unreachable } from '../../kit/assert.ts';
import { Moment } from '../http/fields.ts';
import { ProblemError } from '../http/problems.ts';
import { type Route, route } from '../http/route.ts';
import { hashApiKey, KeyName, KeyOwner, keyAddressesMax, newApiKey } from './keys.ts';
import type { KeyChanged, KeyCreated, PeoplePort } from './port.ts';
import { actions, roles } from './roles.ts';

const AddressRange = z
  .string()
  .refine(isAddressRange, { error: 'use an IP address, or a network as 10.0.0.0/8' });

const Key = z
  .object({
    name: z.string(),
    owner: z.string().nullable().meta({
      description: 'Whose it is: all keys of one owner are one person. Null: a person of its own.',
    }),
    role: z.enum(roles),
    scopes: z.array(z.enum(actions)).nullable().meta({ description: 'Null: all that the role may.' }),
    addresses: z.array(z.string()).nullable().meta({ description: 'Null: from any address.' }),
    createdMs: Moment,
    createdBy: z.string(),
    expiresMs: Moment.nullable(),
    revokedMs: Moment.nullable(),
    lastUsedDay: z.string().nullable().meta({ description: 'UTC, to the day.' }),
    secrets: z
      .array(z.object({ madeMs: Moment, untilMs: Moment.nullable() }))
      .meta({ description: 'The newest first; those of before have an end.' }),
  })
  .meta({ id: 'Key' });
const KeyWithSecret = z
  .object({ key: Key, secret: z.string().meta({ description: 'Said this once.' }) })
  .meta({ id: 'KeyWithSecret' });

const NewKey = z.strictObject({
  name: KeyName,
  owner: KeyOwner.optional(),
  role: z.enum(roles),
  scopes: z.array(z.enum(actions)).min(1).optional(),
  addresses: z.array(AddressRange).min(1).max(keyAddressesMax).optional(),
  expiresMs: z.int().optional(),
});
const Rotation = z.strictObject({ oldUntilMs: z.int() });
const Revocation = z.strictObject({ reason: Text(500) });

const Name = z.object({ name: z.string() });

const atMs = 1_795_000_000_000;
const sample: z.output<typeof Key> = {
  name: 'month-end',
  owner: 'ann',
  role: 'finance',
  scopes: ['ledger.read'],
  addresses: ['10.20.0.0/16'],
  createdMs: atMs,
  createdBy: 'key first (admin)',
  expiresMs: atMs + 90 * 24 * 3_600_000,
  revokedMs: null,
  lastUsedDay: '2026-11-18',
  secrets: [{ madeMs: atMs, untilMs: null }],
};
const secretSample = `hf_op_${'A'.repeat(43)}`;

export function keyRoutes(store: PeoplePort): Route[] {
  return [
    route({
      id: 'listKeys',
      method: 'GET',
      path: '/v1/keys',
      summary: 'List the API keys, in the order of their names, revoked ones included',
      action: 'key.manage',
      answer: z.object({ items: z.array(Key) }),
      example: { items: [sample] },
      handle: async () => ({ items: await store.keys() }),
    }),
    route({
      id: 'createKey',
      method: 'POST',
      path: '/v1/keys',
      summary: 'Make a key; it may do no more than the key that makes it',
      action: 'key.manage',
      body: NewKey,
      bodyExample: {
        name: 'month-end',
        owner: 'ann',
        role: 'finance',
        scopes: ['ledger.read'],
        addresses: ['10.20.0.0/16'],
      },
      status: 201,
      answer: KeyWithSecret,
      example: { key: sample, secret: secretSample },
      problems: ['key_name_taken', 'keys_full'],
      handle: async ({ body, by }) => {
        const { owner = null, scopes = null, addresses = null, expiresMs = null } = body;
        if (expiresMs !== null) refusePast('expiresMs', expiresMs, by.nowMs);
        const secret = newApiKey();
        const made = await store.createKey(
          { ...body, owner, scopes, addresses, expiresMs, hash: hashApiKey(secret) },
          by,
        );
        return { key: createdKey(made), secret };
      },
    }),
    route({
      id: 'rotateKey',
      method: 'POST',
      path: '/v1/keys/:name/secrets',
      summary: 'Give a key a new secret, valid at once; those of before are valid until the time named',
      action: 'key.manage',
      params: Name,
      body: Rotation,
      bodyExample: { oldUntilMs: atMs + 24 * 3_600_000 },
      status: 201,
      answer: KeyWithSecret,
      example: { key: { ...sample, secrets: [{ madeMs: atMs + 1, untilMs: null }] }, secret: secretSample },
      problems: ['not_found', 'key_already_revoked'],
      handle: async ({ params: { name }, body: { oldUntilMs }, by }) => {
        const secret = newApiKey();
        return {
          key: changedKey(await store.rotateKey({ name, hash: hashApiKey(secret), oldUntilMs }, by)),
          secret,
        };
      },
    }),
    route({
      id: 'revokeKey',
      method: 'POST',
      path: '/v1/keys/:name/revocation',
      summary: 'End a key for good, from the next request on',
      action: 'key.manage',
      params: Name,
      body: Revocation,
      bodyExample: { reason: 'its laptop was lost' },
      answer: Key,
      example: { ...sample, revokedMs: atMs + 5 },
      problems: ['not_found', 'key_already_revoked', 'last_admin_key'],
      handle: async ({ params: { name }, body: { reason }, by }) =>
        changedKey(await store.revokeKey({ name, reason }, by)),
    }),
  ];
}

function refusePast(field: string, endMs: number, nowMs: number): void {
  if (endMs <= nowMs)
    throw new ProblemError('body_malformed', `${field}: must be later than now, which is ${nowMs}`);
}

function createdKey(made: KeyCreated) {
  switch (made.kind) {
    case 'created':
      return made.key;
    case 'name_taken':
      throw new ProblemError('key_name_taken', 'Choose another name; that of a revoked key stays taken too.');
    case 'scopes_beyond_role':
      throw new ProblemError('body_malformed', `scopes: the role may not ${made.scopes.join(', ')}`);
    case 'beyond_maker':
      throw beyondMaker(made.actions);
    case 'keys_full':
      throw new ProblemError(
        'keys_full',
        'There are as many keys as there may be. Rotate one that is there.',
      );
    default:
      return unreachable(made);
  }
}

function changedKey(changed: KeyChanged) {
  switch (changed.kind) {
    case 'changed':
      return changed.key;
    case 'key_unknown':
      throw new ProblemError('not_found', 'No key has that name.');
    case 'key_revoked':
      throw new ProblemError('key_already_revoked', 'It was revoked. Create another one.');
    case 'last_admin':
      throw new ProblemError(
        'last_admin_key',
        'Nobody could manage keys any more. Create another admin key first, or revoke it by the command `key revoke`.',
      );
    case 'beyond_maker':
      throw beyondMaker(changed.actions);
    default:
      return unreachable(changed);
  }
}

function beyondMaker(actions: readonly string[]): ProblemError {
  return new ProblemError(
    'action_not_allowed',
    `Your own key may not ${actions.join(', ')}: it cannot give that away.`,
  );
}
