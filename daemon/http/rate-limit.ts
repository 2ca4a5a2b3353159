// How often each may call: a kiosk by its name, everybody else by the address they come from. In memory, of bounded size.
import { hash } from 'node:crypto';
import type { Context } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Kiosk } from '../../contract/pairing.ts';
import { ProblemError } from './problems.ts';

export interface RateLimitOptions {
  /** Requests of one kiosk, or of one address without a token; null is as many as come. */
  ratePerMinute: number | null;
  /** Requests of this machine without a token. */
  loopbackRatePerMinute: number | null;
}

export interface RateLimit {
  /**
   * Counts a request and says in its answer what is left; null where nothing is counted.
   * @param wantsToBe whether it carried a token, be it a wrong one
   * @throws ProblemError rate_limited
   */
  count(ctx: Context, kiosk: Kiosk | null, wantsToBe: boolean): Promise<void> | null;
}

const windowSeconds = 60;

export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { ratePerMinute, loopbackRatePerMinute } = options;
  const kiosks = limiter('kiosk', ratePerMinute);
  const addresses = limiter('address', ratePerMinute);
  const loopback = limiter('loopback', loopbackRatePerMinute);

  return {
    count(ctx, kiosk, wantsToBe) {
      if (kiosk) return kiosks && consume(ctx, kiosks, kiosk.name);
      // Plain HTTP is this machine's own.
      if (ctx.secure || wantsToBe) return addresses && consume(ctx, addresses, bucketOf(ctx.ip));
      return loopback && consume(ctx, loopback, '');
    },
  };
}

/** Memory is bounded by buckets, not by what is sent: of two addresses in one, each takes from the other. */
const bucketsMax = 4096;

/** A subnet of IPv6 counts as one: whoever has an address there has 2^64. */
export function bucketOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const ipv4 = address.includes('.');
  const groups = head.split(':');
  const zeros = tail === undefined ? [] : Array<string>(4).fill('0');
  const origin = ipv4 ? (address.split(':').at(-1) ?? '') : [...groups, ...zeros].slice(0, 4).join(':');
  return String(Number.parseInt(hash('sha256', origin).slice(0, 6), 16) % bucketsMax);
}

function limiter(keyPrefix: string, points: number | null): RateLimiterMemory | null {
  return points === null ? null : new RateLimiterMemory({ keyPrefix, points, duration: windowSeconds });
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10: the policy's quota and window, what is left and for how long. */
async function consume(ctx: Context, limit: RateLimiterMemory, key: string): Promise<void> {
  const { keyPrefix: policy, points } = limit;
  const result = await limit.consume(key).catch((refused: unknown) => {
    if (refused instanceof RateLimiterRes) return refused;
    throw refused;
  });
  // The package counts by the wall clock: after a step backwards it would promise a day.
  const leftSeconds = Math.min(windowSeconds, Math.max(1, Math.ceil(result.msBeforeNext / 1000)));
  ctx.set('RateLimit-Policy', `"${policy}";q=${points};w=${windowSeconds}`);
  ctx.set('RateLimit', `"${policy}";r=${result.remainingPoints};t=${leftSeconds}`);
  if (result.consumedPoints <= points) return;
  ctx.set('Retry-After', String(leftSeconds));
  throw new ProblemError('rate_limited');
}
