// Who calls: every request that carries a token is the kiosk's it belongs to, or is refused. What the caller may do is
// settled where its route is known (scopes.ts).
import type { Middleware } from 'koa';
import type { SyntheticEntry } from '../../contract/entry.ts';
import type { Kiosk } from '../../contract/pairing.ts';
import type { KioskDoor } from '../store/kiosks/door.ts';
import { ProblemError } from './problems.ts';
import type { RateLimit } from './rate-limit.ts';

/** What the box itself may ask, by tokens that no kiosk is given. */
export interface OwnCalls {
  /** The synthetic checkout that the bearer makes, once. */
  expected(token: string): SyntheticCall | null;
  /** It is somebody at the box, who reads its data folder. */
  isAtTheBox(token: string): boolean;
}

export interface SyntheticCall {
  id: string;
  by: SyntheticEntry['by'];
}

/**
 * Sets ctx.state.kiosk to the caller, or null when nobody says who they are, and ctx.state.stillKnown, which an answer that
 * does not end asks from time to time: false once the kiosk was revoked. Wrong tokens count against their sender.
 */
export function identifyCaller(
  kiosks: Pick<KioskDoor, 'kioskOf'>,
  rates: RateLimit,
  own: OwnCalls | null,
): Middleware {
  return async (ctx, next) => {
    const token = bearerToken(ctx.get('Authorization'));
    // Of this machine alone: what it says to itself goes over no network.
    if (own && token !== null && !ctx.secure) {
      ctx.state.synthetic = own.expected(token) satisfies SyntheticCall | null;
      ctx.state.atTheBox = own.isAtTheBox(token);
      if (ctx.state.synthetic !== null || ctx.state.atTheBox) {
        ctx.state.kiosk = null;
        return next();
      }
    }
    const kiosk = token === null ? null : kiosks.kioskOf(token);
    ctx.state.kiosk = kiosk satisfies Kiosk | null;
    ctx.state.stillKnown = () => token === null || kiosks.kioskOf(token) !== null;
    const counted = rates.count(ctx, kiosk, token !== null);
    if (counted) await counted;
    if (token !== null && !kiosk) {
      ctx.set('WWW-Authenticate', 'Bearer realm="holdfast", error="invalid_token"');
      throw new ProblemError('kiosk_token_invalid');
    }
    return next();
  };
}

/** RFC 6750 §2.1. Null without the header; what is there and no bearer token belongs to nobody. */
function bearerToken(header: string): string | null {
  if (header === '') return null;
  const [, token = ''] = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(header) ?? [];
  return token;
}
