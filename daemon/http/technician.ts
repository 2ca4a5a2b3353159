// The routes behind the technician's page: a PIN opens them, by a cookie that scripts cannot read. No kiosk's token opens one,
// and the cookie opens nothing of the kiosks'.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { PairingWish, SignIn } from '../../contract/technician-api.ts';
import type { TechnicianDoor } from '../technician/door.ts';
import { sessionLimits } from '../technician/sessions.ts';
import { answerJson } from './json.ts';
import { requireOwnPage } from './own-page.ts';
import { ProblemError } from './problems.ts';
import { readDocument } from './request.ts';
import { createTechnicianView, type ViewParts } from './technician-view.ts';

export interface TechnicianRouteParts extends ViewParts {
  door: TechnicianDoor;
}

export function addTechnicianRoutes(router: Router, parts: TechnicianRouteParts): void {
  const { door } = parts;
  const show = createTechnicianView(parts);

  /** @param acts whether a person did something, or the page asks by itself */
  const demand = (ctx: Context, acts: boolean) => {
    requireOwnPage(ctx);
    ctx.set('Cache-Control', 'no-store');
    if (door.isSignedIn(tokenOf(ctx), acts)) return;
    ctx.set('WWW-Authenticate', 'Pin realm="holdfast"');
    throw new ProblemError('technician_signed_out');
  };

  router.get('/v1/technician/session', (ctx) => {
    requireOwnPage(ctx);
    ctx.set('Cache-Control', 'no-store');
    answerJson(ctx, door.session(tokenOf(ctx)));
  });

  router.post('/v1/technician/session', async (ctx) => {
    requireOwnPage(ctx);
    ctx.set('Cache-Control', 'no-store');
    const { document } = await readDocument(ctx, () => SignIn);
    const result = await door.signIn(document.pin, ctx.ip);
    switch (result.kind) {
      case 'signed_in':
        giveToken(ctx, result.token);
        ctx.status = 201;
        return answerJson(ctx, door.session(result.token));
      case 'wrong':
        if (result.waitMs > 0) waits(ctx, result.waitMs);
        throw new ProblemError('pin_wrong');
      case 'wait':
        waits(ctx, result.leftMs);
        throw new ProblemError('pin_locked');
      case 'busy':
        throw new ProblemError('busy', undefined, 'Another PIN is being looked at: try again.');
      case 'no_pin':
        throw new ProblemError('pin_not_set');
    }
  });

  router.post('/v1/technician/session/end', (ctx) => {
    requireOwnPage(ctx);
    const token = tokenOf(ctx);
    if (token !== null) door.signOut(token);
    takeToken(ctx);
    answerJson(ctx, door.session(null));
  });

  router.get('/v1/technician/view', async (ctx) => {
    demand(ctx, ctx.query.acted === 'true');
    answerJson(ctx, await show.view());
  });

  router.post('/v1/technician/examination', async (ctx) => {
    demand(ctx, true);
    ctx.status = 202;
    answerJson(ctx, show.examine());
  });

  router.post('/v1/technician/pairings', async (ctx) => {
    demand(ctx, true);
    const { document } = await readDocument(ctx, () => PairingWish);
    const offer = show.pair(document);
    ctx.status = 201;
    answerJson(ctx, offer);
  });
}

function waits(ctx: Context, ms: number): void {
  ctx.set('Retry-After', String(Math.ceil(ms / 1000)));
}

/** Over TLS under a name that only this host over TLS may set (RFC 6265bis §4.1.3.2); plain HTTP is this machine's own. */
const cookieName = ({ secure }: Context) => `${secure ? '__Host-' : ''}holdfast-technician`;

function tokenOf(ctx: Context): string | null {
  return ctx.cookies.get(cookieName(ctx)) ?? null;
}

function giveToken(ctx: Context, token: string): void {
  ctx.cookies.set(cookieName(ctx), token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: ctx.secure,
    path: '/',
    maxAge: sessionLimits.ageMsMax,
  });
}

function takeToken(ctx: Context): void {
  ctx.cookies.set(cookieName(ctx), null, {
    httpOnly: true,
    sameSite: 'strict',
    secure: ctx.secure,
    path: '/',
  });
}
