// Serves the operators' page: anybody may have its files, compressed for whoever takes it. What the page then asks for goes through
// the gate like everybody's requests.
import { gzipSync } from 'node:zlib';
import type { Middleware } from 'koa';
import { type Asset, serveAssets } from '../../kit/serve-assets.ts';
import { answerProblem } from '../http/problems.ts';
import { loadPage } from './load-page.ts';
import { under } from './page-files.ts';

export function servePage(): Middleware {
  const zipped = new Map<Asset, Buffer>();
  const zip = (asset: Asset) => {
    const bytes = zipped.get(asset) ?? gzipSync(asset.body, { level: 9 });
    zipped.set(asset, bytes);
    return bytes;
  };
  return serveAssets({
    isOurs: (path) => path === '/' || path.startsWith(under),
    load: loadPage,
    refuse: answerProblem,
    policies: ["trusted-types 'none'"],
    send(context, asset) {
      context.set('Referrer-Policy', 'no-referrer');
      // A name that changes with its content need not be asked for again; the page that names them must be.
      if (context.path !== '/') context.set('Cache-Control', 'public, max-age=31536000, immutable');
      context.vary('Accept-Encoding');
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
    },
  });
}
