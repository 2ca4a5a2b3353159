// Serves the files of a program's own page out of memory, under the strictest policy there is: nothing of the trade is in them, and
// what the page then asks for goes through the same doors as everybody's requests.
import type { Context, Middleware } from 'koa';

export interface Asset {
  type: string;
  body: string;
  etag: string;
}
/** By the path that it is asked for under. */
export type Assets = ReadonlyMap<string, Asset>;

/**
 * From this server alone, and nothing that stands in the page itself: no script, no style, no frame. What is not named is
 * refused.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

export interface AssetsParts {
  /** Which paths are of the page, whether there is something under them or not. */
  isOurs(path: string): boolean;
  load(): Promise<Assets>;
  /** Answers in the program's own way, by a throw or by itself. */
  refuse(context: Context, code: 'not_found' | 'method_not_allowed'): void;
  /** Sends it; the headers that are the same for all stand. */
  send(context: Context, asset: Asset): void;
  /** What this page adds to the policy. */
  policies?: readonly string[];
}

export function serveAssets({ isOurs, load, refuse, send, policies = [] }: AssetsParts): Middleware {
  const policy = [...contentSecurityPolicy, ...policies].join('; ');
  let loading: Promise<Assets> | null = null;
  /** Once they are there they stay; a failure is tried again by the next request. */
  const assets = () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  return async (context, next) => {
    if (!isOurs(context.path)) return next();
    const asset = (await assets()).get(context.path);
    if (!asset) return refuse(context, 'not_found');
    if (context.method !== 'GET' && context.method !== 'HEAD') {
      context.set('Allow', 'GET, HEAD');
      return refuse(context, 'method_not_allowed');
    }
    context.type = asset.type;
    context.set('Content-Security-Policy', policy);
    // No other page that opened it, or that it opens, holds on to its window.
    context.set('Cross-Origin-Opener-Policy', 'same-origin');
    // Asked for again each time, and mostly answered with 304: a new release is there with the next reload.
    context.set('Cache-Control', 'no-cache');
    context.status = 200;
    context.etag = asset.etag;
    send(context, asset);
  };
}
