// Tills that sell at a box over its local network until they are told to stop, and write down each 201 as it comes.
import { setTimeout as sleep } from 'node:timers/promises';
import { createKioskClient, type KioskClient, type Submission } from '../../kiosk/client.ts';
import { pair } from '../../kiosk/pair.ts';
import { fillBasket, readProducts } from '../../trial/start/shopping.ts';
import type { Told } from '../faults/model.ts';

export interface Tills {
  told: readonly Told[];
  client: KioskClient;
  /** Until stopped; a 201 that comes again is written down again. */
  begin(): void;
  /** Each lets what it is about be answered first. */
  stop(): Promise<void>;
  /** The next sale after this moment. */
  nextSale(msMax: number): Promise<Told>;
}

/** Of one till: what the plug meets in the middle. */
const customersAtOnce = 3;

interface TillsOptions {
  baseUrl: string;
  tokens: readonly string[];
  catalogueFile: string;
  random: () => number;
}

export function openTills({ baseUrl, tokens, catalogueFile, random }: TillsOptions): Tills {
  const products = readProducts(catalogueFile);
  const told: Told[] = [];
  // A client each: what has no answer is asked again by whoever asked first.
  const clients = tokens.flatMap((token) =>
    Array.from({ length: customersAtOnce }, () =>
      createKioskClient({ baseUrl, token, retry: { delayMsMax: 500 } }),
    ),
  );
  let selling = false;
  let kiosks: Promise<void>[] = [];

  async function sell(client: KioskClient): Promise<void> {
    const approved: string[] = [];
    while (selling) {
      const submission = await untilAnswered(client, await submit(client, approved));
      if (submission.kind === 'invalid' || submission.kind === 'unavailable') {
        throw new Error(`a till was told ${submission.kind}: ${JSON.stringify(submission)}`);
      }
      const { answer } = submission;
      told.push({ ...answer });
      if (submission.kind === 'approved' && answer.kind === 'checkout') approved.push(answer.id);
    }
  }

  /** Mostly sales, sometimes a void of an earlier one. */
  function submit(client: KioskClient, approved: string[]): Promise<Submission> {
    const earlier = random() < 0.1 ? approved.pop() : undefined;
    if (earlier === undefined) return client.checkout(fillBasket(products, random));
    return client.void(earlier, { reason: 'changed their mind' });
  }

  return {
    told,
    client: clients[0] ?? createKioskClient({ baseUrl }),
    begin() {
      selling = true;
      kiosks = clients.map(sell);
    },
    async stop() {
      selling = false;
      await Promise.all(kiosks);
    },
    async nextSale(msMax) {
      const before = told.length;
      const deadline = performance.now() + msMax;
      for (;;) {
        const [sale] = told.slice(before);
        if (sale) return sale;
        if (performance.now() > deadline) throw new Error(`nothing was sold within ${msMax} ms`);
        await Promise.race([sleep(20), ...kiosks]);
      }
    },
  };
}

/** A box without power is asked the same again until it answers. */
async function untilAnswered(client: KioskClient, first: Submission): Promise<Submission> {
  let submission = first;
  while (submission.kind === 'unavailable') {
    await sleep(200);
    submission = (await client.resume())[0] ?? submission;
  }
  return submission;
}

/** Trades a technician's code for a token. */
export async function pairTill(baseUrl: string, code: string): Promise<string> {
  const paired = await pair({ baseUrl, code, retry: { totalMsMax: 120_000 } });
  if (paired.kind === 'paired') return paired.token;
  throw new Error(`the till was not paired: ${JSON.stringify(paired)}`);
}
