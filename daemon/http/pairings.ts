// The route on which a kiosk trades its one-time code for a token.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Pairing, PairingRequest } from '../../contract/pairing.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { KioskDoor } from '../store/kiosks/door.ts';
import { answerJson } from './json.ts';
import { ProblemError } from './problems.ts';
import { readSubmission } from './request.ts';

interface PairingParts {
  kiosks: KioskDoor;
  clock: Clock;
  log: Log;
}

/**
 * How long an answer is kept in memory, for a kiosk whose connection broke before it had its token. The same request
 * within that time gets the same answer; the token is in no file, so that a restart of the daemon ends it.
 */
const answerMsMax = 60_000;

export function addPairingRoutes(router: Router, { kiosks, clock, log }: PairingParts): void {
  const given = new Map<string, { requestHash: string; pairing: Pairing }>();

  router.post('/v1/pairings', async (ctx) => {
    const { id, requestHash, document } = await readSubmission(ctx, 'pairing', () => PairingRequest);
    const before = given.get(id);
    if (before && before.requestHash !== requestHash) throw new ProblemError('idempotency_conflict');
    // A token that has been revoked since is nobody's: then the code is a used one.
    if (before && kiosks.kioskOf(before.pairing.token)) return respond(ctx, before.pairing);
    const pairing = pair(document.code);
    given.set(id, { requestHash, pairing });
    clock.after(answerMsMax, () => given.delete(id));
    respond(ctx, pairing);

    function pair(code: string): Pairing {
      const result = kiosks.pair(code);
      switch (result.kind) {
        case 'paired':
          log.info({ kiosk: result.kiosk.name, scopes: result.kiosk.scopes }, 'paired a kiosk');
          return { kiosk: result.kiosk, token: result.token };
        case 'wrong_code':
          if (result.locksNow) log.warn({}, 'pairing is locked for a while: too many wrong codes');
          throw new ProblemError('pairing_code_invalid');
        case 'locked':
          ctx.set('Retry-After', String(Math.ceil(result.leftMs / 1000)));
          throw new ProblemError('pairing_locked');
        case 'busy':
          throw new ProblemError('busy');
      }
    }
  });
}

function respond(ctx: Context, pairing: Pairing): void {
  ctx.status = 201;
  ctx.set('Cache-Control', 'no-store');
  answerJson(ctx, pairing);
}
