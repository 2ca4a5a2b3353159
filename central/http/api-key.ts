// The operator's API key: 256 random bits, of which only the SHA-256 is kept. No salt: there is nothing to guess.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import { answerProblem } from './problems.ts';

export function newApiKey(): string {
  return `hf_op_${randomBytes(32).toString('base64url')}`;
}

export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Lets a request pass that carries one of the keys as a bearer token (RFC 6750 §2.1). */
export function requireApiKey(keyHashes: () => Promise<Uint8Array[]>): Middleware {
  return async (context, next) => {
    const [, key] = /^Bearer ([\w-]{1,128})$/i.exec(context.get('authorization')) ?? [];
    const presented = key === undefined ? null : hashApiKey(key);
    const known = presented !== null && matchesAny(presented, await keyHashes());
    if (!known) {
      context.set('WWW-Authenticate', 'Bearer realm="holdfast-central"');
      answerProblem(context, 'unauthorised', 'Send the key printed at the first start as a bearer token.');
      return;
    }
    await next();
  };
}

/** Compares with every hash, in the same time whichever matches. */
function matchesAny(presented: Buffer, hashes: readonly Uint8Array[]): boolean {
  return hashes.reduce((found, hash) => timingSafeEqual(presented, hash) || found, false);
}
