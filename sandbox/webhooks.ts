// Webhooks to one endpoint: signed as the processor signs, one after the other or several at once, tried again for a while, and as
// badly as ordered.
import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Clock } from '../kit/clock.ts';

export const Endpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** By which they are signed. */
  secret: z.string().min(1).max(200).default('whsec_sandbox'),
  /** Which are sent, as Stripe's enabled_events. */
  events: z
    .array(z.string().regex(/^(\*|[a-z_.]{1,100})$/, { error: 'use event types, or * for all' }))
    .max(100)
    .default(['*']),
  /** So many are on their way at once; more than one come in no order. */
  parallel: z.int().min(1).max(64).default(1),
  /** So many further copies of each. */
  copies: z.int().min(0).max(100).default(0),
  /** Each leaves so much later, by the sandbox's clock; below the longest timer of Node. */
  delayMs: z
    .int()
    .min(0)
    .max(20 * 86_400_000)
    .default(0),
  /** Two by two in the wrong order: each odd one waits for the next. */
  reorder: z.boolean().default(false),
  /** `old` is signed with a time ten minutes ago. */
  signature: z.enum(['good', 'wrong', 'old']).default('good'),
});
export type Endpoint = z.infer<typeof Endpoint>;

export interface Delivery {
  eventId: string;
  type: string;
  attempt: number;
  /** The receiver's status, or null when there was none. */
  status: number | null;
}

export interface Message {
  id: string;
  type: string;
  body: string;
}

const answerMsMax = 10_000;
const waitingMax = 10_000;
const deliveriesMax = 1000;
const oldMs = 600_000;
/** After a delivery that failed: Stripe goes on for three days. */
const againAfterMs = [60_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 86_400_000];

/** What is sent of a message: how a processor signs. */
export type Dress<E> = (
  endpoint: E,
  message: Message,
  nowMs: number,
) => { headers: Record<string, string>; body: string };

export interface Webhooks<E extends Endpoint = Endpoint> {
  /** Null sends none. */
  setEndpoint(endpoint: E | null): void;
  /** @param bodyOf makes the body, where there is an endpoint to send it to */
  send(id: string, type: string, bodyOf: () => string): void;
  deliveries(): readonly Delivery[];
  clear(): void;
}

export function createWebhooks<E extends Endpoint>(
  clock: Pick<Clock, 'wallMs' | 'after'>,
  dress: Dress<E>,
): Webhooks<E> {
  let endpoint: E | null = null;
  let held: Message | null = null;
  let waiting = 0;
  // Each lane sends one after the other.
  const lanes: Promise<void>[] = [];
  let sent = 0;
  let deliveries: Delivery[] = [];
  let generation = 0;

  function enqueue(message: Message, attempt: number): void {
    if (waiting >= waitingMax) {
      note({ message, attempt, status: null });
      return;
    }
    waiting++;
    const mine = generation;
    const lane = sent++ % (endpoint?.parallel ?? 1);
    lanes[lane] = (lanes[lane] ?? Promise.resolve()).then(async () => {
      waiting--;
      if (endpoint === null || mine !== generation) return;
      const status = await post(endpoint.url, dress(endpoint, message, clock.wallMs()));
      note({ message, attempt, status });
      const afterMs = againAfterMs[attempt - 1];
      const taken = status !== null && status >= 200 && status < 300;
      if (!taken && afterMs !== undefined)
        clock.after(afterMs, () => mine === generation && enqueue(message, attempt + 1));
    });
  }

  function note({
    message,
    attempt,
    status,
  }: {
    message: Message;
    attempt: number;
    status: number | null;
  }): void {
    deliveries.push({ eventId: message.id, type: message.type, attempt, status });
    if (deliveries.length > deliveriesMax) deliveries.shift();
  }

  function inOrder(message: Message, reorder: boolean): Message[] {
    if (reorder && held === null) {
      held = message;
      return [];
    }
    const before = held;
    held = null;
    return before === null ? [message] : [message, before];
  }

  return {
    setEndpoint(changed) {
      endpoint = changed;
      held = null;
    },
    send(id, type, bodyOf) {
      if (endpoint === null) return;
      if (!endpoint.events.includes('*') && !endpoint.events.includes(type)) return;
      const message = { id, type, body: bodyOf() };
      const { copies, delayMs, reorder } = endpoint;
      const mine = generation;
      for (const next of inOrder(message, reorder)) {
        const leave = () => {
          for (let copy = 0; mine === generation && copy <= copies; copy++) enqueue(next, 1);
        };
        if (delayMs === 0) leave();
        else clock.after(delayMs, leave);
      }
    },
    deliveries: () => deliveries,
    clear() {
      generation++;
      endpoint = null;
      held = null;
      deliveries = [];
    },
  };
}

/** As Stripe signs: https://docs.stripe.com/webhooks#verify-manually */
export const dressAsStripe: Dress<Endpoint> = ({ secret, signature }, { body }, nowMs) => {
  const at = Math.floor((signature === 'old' ? nowMs - oldMs : nowMs) / 1000);
  const signed = createHmac('sha256', signature === 'wrong' ? `${secret}?` : secret)
    .update(`${at}.${body}`)
    .digest('hex');
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': `t=${at},v1=${signed}`,
  };
  return { headers, body };
};

/** The receiver's status, or null when it gave none in time. */
async function post(url: string, { headers, body }: ReturnType<Dress<Endpoint>>): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMsMax),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}
