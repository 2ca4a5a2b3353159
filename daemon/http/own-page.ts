// Requests that a browser sends with a cookie must come from a page of this appliance: another page could have it send them
// too (CSRF). The cookie itself is SameSite=Strict; a page on another port of the same machine is of the same site.
import type { Context } from 'koa';
import { ProblemError } from './problems.ts';

/**
 * By Sec-Fetch-Site where the browser says it, else by Origin. A program that is no browser says neither, and has no cookie
 * that it was not given.
 * @throws ProblemError origin_refused
 */
export function requireOwnPage(ctx: Context): void {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '' && site !== 'same-origin' && site !== 'none') throw new ProblemError('origin_refused');
  const origin = ctx.get('Origin');
  if (origin !== '' && origin !== `${ctx.protocol}://${ctx.host}`) throw new ProblemError('origin_refused');
}
