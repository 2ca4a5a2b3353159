// API keys: their secrets, what one may do, and whether a request that carries one may pass. No clock, no database.
import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { isListed } from '../../kit/address-list.ts';
import { type Action, actions, type Role, roleMay } from './roles.ts';

/** Keys that stand, revoked ones included: each request compares with all of them. */
export const keysMax = 500;
export const keyAddressesMax = 50;

export const KeyName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
  error: 'use 1 to 63 of a-z, 0-9 and -, not beginning with -',
});

/** As the machine names its users, so that a person with a key and a shell is one person. */
export const KeyOwner = z.string().regex(/^[a-z0-9_][a-z0-9_.-]{0,62}$/, {
  error: "name the person as the machine's users are named: 1 to 63 of a-z, 0-9, _, . and -",
});

export interface KeyView {
  name: string;
  /** Whose it is: all keys of one owner are one person. Null: a person of its own. */
  owner: string | null;
  role: Role;
  /** Narrower than the role; null: all that the role may. */
  scopes: Action[] | null;
  /** Addresses and networks (CIDR) it may be used from; null: any. */
  addresses: string[] | null;
  createdMs: number;
  createdBy: string;
  expiresMs: number | null;
  revokedMs: number | null;
  /** UTC, to the day: a request does not become a write. */
  lastUsedDay: string | null;
  /** After a rotation the one before is there too, until its time is over. */
  secrets: { madeMs: number; untilMs: number | null }[];
}

export interface Rights {
  role: Role;
  scopes: Action[] | null;
}

export interface AdmittedKey extends Rights {
  name: string;
  owner: string | null;
}

export type Admission =
  | { kind: 'admitted'; key: AdmittedKey }
  | { kind: 'unknown' }
  | { kind: 'expired'; name: string }
  | { kind: 'revoked'; name: string }
  | { kind: 'address_not_allowed'; name: string };

/** 256 random bits: there is nothing to guess, so that the hash needs no salt and no stretching. */
export function newApiKey(): string {
  return `hf_op_${randomBytes(32).toString('base64url')}`;
}

export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** What becomes of a request with a secret that is known. */
export function judgeKey(
  key: Pick<KeyView, 'name' | 'owner' | 'role' | 'scopes' | 'addresses' | 'expiresMs' | 'revokedMs'>,
  secretUntilMs: number | null,
  request: { from: string; nowMs: number },
): Admission {
  const { name, owner, role, scopes } = key;
  if (key.revokedMs !== null) return { kind: 'revoked', name };
  const over = (endMs: number | null) => endMs !== null && endMs <= request.nowMs;
  if (over(key.expiresMs) || over(secretUntilMs)) return { kind: 'expired', name };
  if (key.addresses !== null && !isListed(key.addresses, request.from)) {
    return { kind: 'address_not_allowed', name };
  }
  return { kind: 'admitted', key: { name, owner, role, scopes } };
}

/** The role's right, unless the key was made narrower. */
export function keyMay(key: Rights, action: Action): boolean {
  return roleMay(key.role, action) && (key.scopes === null || key.scopes.includes(action));
}

/** Scopes that the role has not: a key that was given them would promise what it cannot do. */
export function scopesBeyond(role: Role, scopes: readonly Action[]): Action[] {
  return scopes.filter((scope) => !roleMay(role, scope));
}

/** What the key could do and its maker may not: a narrow key must not make a wide one, nor get hold of its secret. */
export function beyondMaker(maker: Rights, key: Rights): Action[] {
  return actions.filter((action) => keyMay(key, action) && !keyMay(maker, action));
}
