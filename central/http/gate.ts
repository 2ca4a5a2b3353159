// The door of every route: who asks, by a key or by the session of a person, and whether they may do this.
import type { Context } from 'koa';
import { clientAddress } from '../../kit/address-list.ts';
import { unreachable } from '../../kit/assert.ts';
import type { By } from '../people/actor.ts';
import { type Admission, hashApiKey, keyMay } from '../people/keys.ts';
import { hashToken } from '../people/persons.ts';
import type { PeoplePort } from '../people/port.ts';
import { type Action, roleMay } from '../people/roles.ts';
import { ProblemError } from './problems.ts';
import { isByItself, refuseOtherSites, sessionToken } from './session-cookie.ts';

/** What a route asks for: an action of roles.ts, or nothing, where people only begin to say who they are. */
export type Needed = Action | 'open';

/** Who asks, and from which address. */
export interface Admitted {
  by: By;
  from: string;
}

/**
 * Lets in whoever may take the action.
 * @throws ProblemError unauthorised, key_expired, key_revoked, address_not_allowed, action_not_allowed, cross_site
 */
export type Gate = (context: Context, needed: Needed) => Promise<Admitted>;

export function createGate(parts: {
  people: Pick<PeoplePort, 'admitKey' | 'admitSession'>;
  /** Only these are believed when they say who asks. */
  trustedProxies: readonly string[];
  nowMs(): number;
}): Gate {
  return async (context, needed) => {
    const nowMs = parts.nowMs();
    const peer = context.req.socket.remoteAddress ?? '';
    const from = clientAddress(peer, context.get('x-forwarded-for'), parts.trustedProxies);
    if (needed === 'open') {
      refuseOtherSites(context);
      return { by: { actor: { kind: 'central', rule: 'sign-in' }, nowMs }, from };
    }
    const token = sessionToken(context);
    // A key that comes along is meant: a cookie is sent by a browser without being asked.
    if (token !== null && context.get('authorization') === '') {
      return bySession(context, { token, needed, from, nowMs });
    }
    return byKey(context, { needed, from, nowMs });
  };

  async function bySession(
    context: Context,
    { token, needed, from, nowMs }: { token: string; needed: Action; from: string; nowMs: number },
  ): Promise<Admitted> {
    const request = { hash: hashToken(token), acts: !isByItself(context), nowMs };
    const admission = await parts.people.admitSession(request);
    if (admission.kind !== 'admitted') {
      context.set('WWW-Authenticate', `Bearer realm="${realm}"`);
      throw new ProblemError('unauthorised', 'The session has ended. Sign in again.');
    }
    refuseOtherSites(context);
    const { name, role } = admission.person;
    if (roleMay(role, needed)) return { by: { actor: { kind: 'person', name, role, from }, nowMs }, from };
    context.set('WWW-Authenticate', `Bearer realm="${realm}", error="insufficient_scope", scope="${needed}"`);
    throw new ProblemError(
      'action_not_allowed',
      `${name} (${role}) may not ${needed}. Ask somebody whose role allows it.`,
    );
  }

  async function byKey(
    context: Context,
    { needed, from, nowMs }: { needed: Action; from: string; nowMs: number },
  ): Promise<Admitted> {
    const secret = bearerToken(context);
    const admission: Admission =
      secret === null
        ? { kind: 'unknown' }
        : await parts.people.admitKey({ hash: hashApiKey(secret), from, nowMs });
    if (admission.kind !== 'admitted') throw refused(context, admission, from);
    const { key } = admission;
    if (!keyMay(key, needed)) {
      context.set(
        'WWW-Authenticate',
        `Bearer realm="${realm}", error="insufficient_scope", scope="${needed}"`,
      );
      throw new ProblemError(
        'action_not_allowed',
        `The key ${key.name} (${key.role}) may not ${needed}. Use one whose role and scopes allow it.`,
      );
    }
    const { name, role, owner } = key;
    const actor = { kind: 'key' as const, name, role, from, ...(owner !== null && { owner }) };
    return { by: { actor, nowMs }, from };
  }
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
        'Sign in, or send an API key as a bearer token: the one said at the first start, or one of `key create`.',
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
