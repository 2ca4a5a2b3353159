// Serves the operators' page: anybody may have its files, for nothing of the trade is in them. What the page then asks for goes
// through the gate like everybody's requests.
import { gzipSync } from 'node:zlib';
import type { Middleware } from 'koa';
import { answerProblem } from '../http/problems.ts';
import { loadPage } from './load-page.ts';
import { type Asset, type Page, under } from './page-files.ts';

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
  "trusted-types 'none'",
].join('; ');

export function servePage(): Middleware {
  let loading: Promise<Page> | null = null;
  /** Once they are there they stay; a failure is tried again by the next request. */
  const page = () => {
    loading ??= loadPage().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  const zipped = new Map<Asset, Buffer>();
  const zip = (asset: Asset) => {
    const bytes = zipped.get(asset) ?? gzipSync(asset.body, { level: 9 });
    zipped.set(asset, bytes);
    return bytes;
  };

  return async (context, next) => {
    if (context.path !== '/' && !context.path.startsWith(under)) return next();
    const asset = (await page()).get(context.path);
    if (!asset) return answerProblem(context, 'not_found');
    if (context.method !== 'GET' && context.method !== 'HEAD') {
      context.set('Allow', 'GET, HEAD');
      return answerProblem(context, 'method_not_allowed');
    }
    context.type = asset.type;
    context.set('Content-Security-Policy', contentSecurityPolicy);
    context.set('Cross-Origin-Opener-Policy', 'same-origin');
    context.set('Referrer-Policy', 'no-referrer');
    // A name that changes with its content need not be asked for again; the page that names them must be.
    const named = context.path !== '/';
    context.set('Cache-Control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
    context.vary('Accept-Encoding');
    context.status = 200;
    context.etag = asset.etag;
    if (context.fresh) {
      context.status = 304;
      return;
    }
    if (context.acceptsEncodings('gzip', 'identity') !== 'gzip') {
      context.body = asset.body;
      return;
    }
    context.set('Content-Encoding', 'gzip');
    context.body = zip(asset);
  };
}
