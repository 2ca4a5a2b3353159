// The cookie that carries a person's session. No script reads it, no other site sends it, no other host sets it, and it travels
// over TLS alone; browsers take it over plain HTTP from this very machine, whose loopback nobody listens to.
import type { Context } from 'koa';
import { browserCharsMax, sessionMsMax } from '../people/persons.ts';
import { ProblemError } from './problems.ts';

/** `__Host-`: a browser takes it only with Secure, Path=/ and without Domain (RFC 6265bis §4.1.3.2). */
const cookieName = '__Host-holdfast';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** Null when the request carries none that could be one. */
export function sessionToken(context: Context): string | null {
  const found = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{43})(?:;|$)`).exec(context.get('cookie'));
  return found?.[1] ?? null;
}

export function keepSession(context: Context, token: string): void {
  context.append('Set-Cookie', `${cookieName}=${token}; ${attributes}; Max-Age=${sessionMsMax / 1000}`);
}

export function dropSession(context: Context): void {
  context.append('Set-Cookie', `${cookieName}=; ${attributes}; Max-Age=0`);
}

/** What a browser says of itself, in one bounded line. */
export function browserOf(context: Context): string {
  return context
    .get('user-agent')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, browserCharsMax);
}

/** A page that only brings itself up to date, without a person who does something. */
export function isByItself(context: Context): boolean {
  return context.get('holdfast-by-itself') === 'true' || context.get('accept') === 'text/event-stream';
}

/**
 * What changes something must come from a page of our own, though SameSite keeps the cookie from others already: a sister
 * host of the same site would still be let through. Every browser that has the cookie sends one of these headers, which no
 * script can forge.
 * @throws ProblemError cross_site
 */
export function refuseOtherSites(context: Context): void {
  if (context.method === 'GET' || context.method === 'HEAD') return;
  const site = context.get('sec-fetch-site');
  const origin = context.get('origin');
  if (site !== '' ? site === 'same-origin' : origin !== '' && hostOf(origin) === context.get('host')) return;
  throw new ProblemError('cross_site', 'Open central’s own page and do it there; programs use an API key.');
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
