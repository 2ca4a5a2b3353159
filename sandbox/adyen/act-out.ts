// How an act reaches the caller of Adyen's API: what is carried out, what is kept under the key, and what is answered.
import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '../../kit/assert.ts';
import type { Act } from '../acts.ts';
import { cutOff, drip, type Exchange, sendGarbage, sendHalf } from '../stripe/exchange.ts';
import { type Answer, failures } from './answer.ts';

export interface Play {
  /** Does what was asked, and keeps the answer under its key. */
  carryOut(): Answer;
  /** Leaves the key free. */
  carryOutNothing(): void;
  /** Keeps this answer under the key in place of any other. */
  keep(answer: Answer): void;
  send(answer: Answer): void;
}

export async function actOut(exchange: Exchange, act: Act | null, play: Play): Promise<void> {
  switch (act?.kind) {
    case undefined:
    // Other payment methods are Stripe's: here it goes as it was asked.
    case 'instead':
      return play.send(play.carryOut());
    case 'slow':
      await sleep(act.delayMs, undefined, { ref: false });
      return play.send(play.carryOut());
    case 'hang':
      // The server closes what is open when it stops.
      return play.carryOutNothing();
    case 'reset':
      play.carryOutNothing();
      return cutOff(exchange);
    case 'do_then_hang':
      play.carryOut();
      return;
    case 'do_then_reset':
      play.carryOut();
      return cutOff(exchange);
    case 'half_answer':
    case 'half_then_hang':
      return sendHalf(exchange, play.carryOut(), act.kind === 'half_answer');
    case 'drip':
      return drip(exchange, play.carryOut());
    case 'garbage':
      play.carryOut();
      return sendGarbage(exchange);
    case 'answer_409':
      play.carryOutNothing();
      return play.send(failures.keyInUse);
    case 'answer_429':
      play.carryOutNothing();
      return play.send(failures.tooMany);
    case 'answer_500':
      // A passing error without effects, as Adyen marks it: its key stays free.
      play.carryOutNothing();
      return play.send(failures.failed);
    case 'do_then_500':
      play.carryOut();
      play.keep(failures.failedAfter);
      return play.send(failures.failedAfter);
    default:
      return unreachable(act);
  }
}
