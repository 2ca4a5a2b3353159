// Webhooks that were turned away: counted, the last few kept for people. Strangers cause them, so they are gathered in
// memory and written at most once a second: nobody outside can make the disk sync at will.
import { createHash } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { RefusedCode, RefusedCount, RefusedWebhook } from './port.ts';

export interface Refusals {
  note(refused: { processor: string; code: RefusedCode; address: string; body: Uint8Array }): void;
  /** Writes what is gathered. */
  stop(): Promise<void>;
}

const writeEveryMs = 1000;
/** Between two writings; the others are counted only. */
const keptMax = 10;

export function createRefusals(parts: {
  store: Pick<LedgerPort, 'noteRefusedWebhooks'>;
  clock: Clock;
  log: Log;
}): Refusals {
  const { store, clock, log } = parts;
  let last: RefusedWebhook[] = [];
  let counts = new Map<string, RefusedCount>();
  let cancel: (() => void) | null = null;

  async function write(): Promise<void> {
    cancel?.();
    cancel = null;
    const gathered = { last, counts: [...counts.values()] };
    if (gathered.counts.length === 0) return;
    last = [];
    counts = new Map();
    for (const { processor, code, count } of gathered.counts) {
      log.warn({ processor, code, count }, 'webhooks refused');
    }
    // Not tried again: a disk that is full has greater worries than who knocked.
    await store
      .noteRefusedWebhooks(gathered)
      .catch((error: Error) => log.error({ error: error.message }, 'refused webhooks could not be noted'));
  }

  return {
    note({ processor, code, address, body }) {
      const atMs = clock.wallMs();
      const count = counts.get(`${processor} ${code}`) ?? { processor, code, count: 0, lastMs: atMs };
      counts.set(`${processor} ${code}`, { ...count, count: count.count + 1, lastMs: atMs });
      if (last.length < keptMax) {
        const bodyHash = createHash('sha256').update(body).digest();
        last.push({ processor, code, address, atMs, bodyBytes: body.length, bodyHash });
      }
      cancel ??= clock.after(writeEveryMs, () => void write());
    },
    stop: write,
  };
}
