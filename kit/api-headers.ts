// Headers of answers that are data and no pages, as OWASP's REST Security Cheat Sheet wants them: a browser that is led to
// open one runs nothing of it, shows it in no frame and keeps its type.
import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

/** What is for pages alone is left out; a page sets its own. */
export function apiHeaders(): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
}
