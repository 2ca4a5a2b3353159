// The room at work: the door for processors, the worker behind it, and the sender to the merchant's own systems.
import { readFileSync } from 'node:fs';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { ProcessorPort } from '../processors/port.ts';
import type { WebhooksConfig } from './config.ts';
import { createWebhookForgetter } from './forgetter.ts';
import type { AnnouncedReport } from './port.ts';
import { openWebhookDoor } from './receive.ts';
import { createRefusals } from './refusals.ts';
import { createOutboundSender } from './sender.ts';
import { createWebhookWorker } from './worker.ts';

export interface RunningWebhooks {
  /** Null without a processor: there is nobody to listen to. */
  port: number | null;
  /** Another process has written: events may have been put back. */
  wake(): void;
  stop(): Promise<void>;
}

export async function startWebhooks(parts: {
  config: WebhooksConfig;
  /** By the name in the path of their webhooks. */
  processors: ReadonlyMap<string, ProcessorPort>;
  store: LedgerPort;
  /** A report can be downloaded. */
  onReport(report: AnnouncedReport): void;
  clock: Clock;
  log: Log;
}): Promise<RunningWebhooks> {
  const { config, processors, store, onReport, clock, log } = parts;
  const { privateAddresses, caFile } = config.outbound;
  // First of all: a file that cannot be read must stop nothing that has begun.
  const ownAuthorities = caFile && readFileSync(caFile, 'utf8');
  const worker = createWebhookWorker({ store, onReport, clock, log });
  // What was stored before the last stop.
  worker.wake();
  const sender = createOutboundSender({ store, privateAddresses, ownAuthorities, clock, log });
  const refusals = createRefusals({ store, clock, log });
  const forgetter = createWebhookForgetter({ store, keptDays: config.keptDays, clock, log });
  const stopWorking = async () => {
    await refusals.stop();
    await Promise.all([worker.stop(), sender.stop(), forgetter.stop()]);
  };
  if (processors.size === 0) return { port: null, wake: worker.wake, stop: stopWorking };
  const door = await openWebhookDoor({
    ...config,
    processors,
    store,
    refusals,
    clock,
    log,
    onStored: worker.wake,
  }).catch(async (error: unknown) => {
    await stopWorking();
    throw error;
  });
  return {
    port: door.port,
    wake: worker.wake,
    async stop() {
      await door.close();
      await stopWorking();
    },
  };
}
