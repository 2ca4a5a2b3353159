// The door of every route: whose key it is, whether it may be used from there, and whether it may do this.
import type { Context } from 'koa';
import { clientAddress } from '../../kit/address-list.ts';
import { unreachable } from '../../kit/assert.ts';
import type { By } from '../people/actor.ts';
import { type Admission, hashApiKey, keyMay } from '../people/keys.ts';
import type { PeopleCalls } from '../people/port.ts';
import type { Action } from '../people/roles.ts';
import { ProblemError } from './problems.ts';

/**
 * Who asks, when the key may take the action.
 * @throws ProblemError unauthorised, key_expired, key_revoked, address_not_allowed, action_not_allowed
 */
export type Gate = (context: Context, action: Action) => Promise<By>;

export function createGate(parts: {
  admitKey(...request: Parameters<PeopleCalls['admitKey']>): Promise<Admission>;
  /** Only these are believed when they say who asks. */
  trustedProxies: readonly string[];
  nowMs(): number;
}): Gate {
  return async (context, action) => {
    const nowMs = parts.nowMs();
    const peer = context.req.socket.remoteAddress ?? '';
    const from = clientAddress(peer, context.get('x-forwarded-for'), parts.trustedProxies);
    const secret = bearerToken(context);
    const admission: Admission =
      secret === null ? { kind: 'unknown' } : await parts.admitKey({ hash: hashApiKey(secret), from, nowMs });
    if (admission.kind !== 'admitted') throw refused(context, admission, from);
    const { key } = admission;
    if (!keyMay(key, action)) {
      context.set(
        'WWW-Authenticate',
        `Bearer realm="${realm}", error="insufficient_scope", scope="${action}"`,
      );
      throw new ProblemError(
        'action_not_allowed',
        `The key ${key.name} (${key.role}) may not ${action}. Use one whose role and scopes allow it.`,
      );
    }
    const { name, role, owner } = key;
    return { actor: { kind: 'key', name, role, from, ...(owner !== null && { owner }) }, nowMs };
  };
}

const realm = 'holdfast-central';

/** RFC 6750 §2.1. */
function bearerToken(context: Context): string | null {
  return /^Bearer ([\w-]{1,128})$/i.exec(context.get('authorization'))?.[1] ?? null;
}

function refused(
  context: Context,
  admission: Exclude<Admission, { kind: 'admitted' }>,
  from: string,
): ProblemError {
  // RFC 6750 §3: without a key there is no error to name.
  const error = admission.kind === 'unknown' ? '' : ', error="invalid_token"';
  context.set('WWW-Authenticate', `Bearer realm="${realm}"${error}`);
  switch (admission.kind) {
    case 'unknown':
      return new ProblemError(
        'unauthorised',
        'Send an API key as a bearer token: the one said at the first start, or one of `key create`.',
      );
    case 'expired':
      return new ProblemError(
        'key_expired',
        `The time of the key ${admission.name}, or of this secret of it, is over. Use the newest secret, or \`key create\` a new one.`,
      );
    case 'revoked':
      return new ProblemError(
        'key_revoked',
        `The key ${admission.name} was revoked. \`key create\` makes a new one.`,
      );
    case 'address_not_allowed':
      return new ProblemError(
        'address_not_allowed',
        `The key ${admission.name} may not be used from ${from}. Use it from an address it was made for.`,
      );
    default:
      return unreachable(admission);
  }
}
