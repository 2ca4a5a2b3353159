// Sells a day through the SDK: kiosks at work side by side while the link is cut and the appliance is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { createKioskClient, type KioskClient, type Submission } from '../../kiosk/client.ts';
import type { Basket } from './basket.ts';

export type Sale = Exclude<Basket, { kind: 'rejected' }>;

/** What a kiosk was told about a sale in the end. */
export interface Told {
  sale: Sale;
  submission: Submission;
}

/** Something that happens when that share of the day has been begun; kiosks do not wait for it. */
export interface Event {
  share: number;
  act(): Promise<void> | void;
}

export interface RunOptions {
  applianceUrl: string;
  kiosks: number;
  events: readonly Event[];
  onTold: (told: Told) => void;
  signal: AbortSignal;
}

/** How long a kiosk goes on asking about one sale before it is given up as unanswered. */
const patienceMs = 120_000;

/**
 * Every sale once, in the order of the day; resolves when each kiosk has its last answer and the last event is over.
 * Rejects with the error of an event that failed, or the signal's reason.
 */
export async function sellDay(sales: readonly Sale[], options: RunOptions): Promise<void> {
  const { applianceUrl, kiosks, onTold } = options;
  const waiting = [...options.events].sort((a, b) => a.share - b.share);
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  let events: Promise<void> = Promise.resolve();
  let begun = 0;

  /** Events follow each other: an appliance is not killed while it is started again. */
  const happen = () => {
    while (waiting[0] && begun >= waiting[0].share * sales.length) {
      const event = waiting.shift();
      events = events.then(() => event?.act()).catch((error: unknown) => failure.abort(error));
    }
  };

  async function kiosk(): Promise<void> {
    const client = createKioskClient({ baseUrl: applianceUrl, signal, retry: { delayMsMax: 500 } });
    while (!signal.aborted) {
      const sale = sales[begun];
      if (!sale) return;
      begun++;
      // The request is on its way when the link is cut or the appliance killed: that is what must be survived.
      const answer = submit(client, sale, signal);
      happen();
      onTold({ sale, submission: await answer });
    }
  }

  await Promise.all(Array.from({ length: kiosks }, kiosk));
  happen();
  await events;
  signal.throwIfAborted();
}

async function submit(client: KioskClient, sale: Sale, signal: AbortSignal): Promise<Submission> {
  const deadline = performance.now() + patienceMs;
  let submission =
    sale.kind === 'checkout' ? await client.checkout(sale.document) : await client.refund(sale.document);
  while (submission.kind === 'unavailable' && performance.now() < deadline && !signal.aborted) {
    await sleep(50);
    // One sale at a time: what is kept is this one.
    submission = (await client.resume())[0] ?? submission;
  }
  return submission;
}
