// Sends the merchant's systems what they are to be told: looks for what is due once a second, a bounded number at a time
// and to each endpoint, so that one that hangs holds up no other. What was on its way when the process ended is sent again:
// receivers know a copy by the event's id.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { signBody } from './outbound.ts';
import type { DeliveryTask } from './outbound-port.ts';
import { post } from './post.ts';

export interface OutboundSender {
  stop(): Promise<void>;
}

export const senderLimits = {
  lookMs: 1000,
  inFlightMax: 16,
  perEndpointMax: 4,
  postMsMax: 10_000,
  /** Longer than a request and the storing of its end can take. */
  leaseMs: 30_000,
  keptMs: 35 * 86_400_000,
  forgetEveryMs: 3_600_000,
  forgetMax: 500,
} as const;

type Store = Pick<LedgerPort, 'takeDeliveries' | 'deliveryTried' | 'forgetDeliveries'>;

export function createOutboundSender(parts: {
  store: Store;
  privateAddresses: boolean;
  /** Authorities in PEM, beside the public ones. */
  ownAuthorities?: string | undefined;
  clock: Clock;
  log: Log;
}): OutboundSender {
  const { store, clock, log } = parts;
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();
  const state = { stopped: false, forgotMs: clock.monotonicMs() };
  let round: Promise<void> | null = null;
  let cancel = clock.after(senderLimits.lookMs, look);

  function look(): void {
    if (state.stopped) return;
    round = takeAll()
      .catch((error: Error) =>
        log.error({ error: error.message }, 'outbound webhooks could not be looked up'),
      )
      .finally(() => {
        round = null;
        if (!state.stopped) cancel = clock.after(senderLimits.lookMs, look);
      });
  }

  async function takeAll(): Promise<void> {
    await forgetOld();
    const free = senderLimits.inFlightMax - inFlight.size;
    if (free <= 0) return;
    const tasks = await store.takeDeliveries({
      deliveriesMax: free,
      perEndpointMax: senderLimits.perEndpointMax,
      leaseMs: senderLimits.leaseMs,
      nowMs: clock.wallMs(),
    });
    for (const task of tasks) {
      const sending = deliver(task)
        .catch((error: Error) =>
          log.error({ error: error.message }, 'an outbound webhook could not be noted'),
        )
        .finally(() => {
          inFlight.delete(sending);
          // The next of that endpoint follows at once, as long as there is one.
          if (!state.stopped && round === null) {
            cancel();
            look();
          }
        });
      inFlight.add(sending);
    }
  }

  async function deliver({ delivery, endpoint, url, secrets, eventId, body }: DeliveryTask): Promise<void> {
    const atMs = clock.wallMs();
    const startMs = clock.monotonicMs();
    const posted = await post({
      url,
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'holdfast-central',
        'holdfast-event-id': eventId,
        'holdfast-signature': signBody(body, secrets, atMs),
      },
      privateAddresses: parts.privateAddresses,
      ...(parts.ownAuthorities && { ownAuthorities: parts.ownAuthorities }),
      postMsMax: senderLimits.postMsMax,
      signal: stopping.signal,
    });
    // Broken off, and no failure of theirs: it is sent again when its lease is over.
    if (stopping.signal.aborted && posted.status === null) return;
    const durationMs = clock.monotonicMs() - startMs;
    const { state: now } = await store.deliveryTried({ delivery, atMs, durationMs, ...posted });
    const { status, error } = posted;
    if (now === 'dead') log.error({ endpoint, eventId, status, error }, 'an outbound webhook is given up');
    else if (now === 'waiting') log.warn({ endpoint, eventId, status, error }, 'an outbound webhook failed');
  }

  async function forgetOld(): Promise<void> {
    if (clock.monotonicMs() - state.forgotMs < senderLimits.forgetEveryMs) return;
    const endedBeforeMs = clock.wallMs() - senderLimits.keptMs;
    const { forgotten } = await store.forgetDeliveries({
      endedBeforeMs,
      deliveriesMax: senderLimits.forgetMax,
    });
    // As long as there is more, a piece goes with every look.
    if (forgotten < senderLimits.forgetMax) state.forgotMs = clock.monotonicMs();
  }

  return {
    async stop() {
      state.stopped = true;
      stopping.abort();
      cancel();
      await round;
      await Promise.all(inFlight);
    },
  };
}
