// How long the site was without central: the few last long outages, for the rule that renews certificates. The file is
// written once an hour at most while the link is down, and when a long outage ends.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../../kit/clock.ts';
import { writeDurable } from '../../kit/durable-file.ts';
import type { Log } from '../../kit/log.ts';
import type { Link } from '../sync/link.ts';
import { outageMsMin } from './renewal-rule.ts';

const outagesKept = 10;

const Outages = z.object({
  v: z.literal(1),
  /** Milliseconds each, the latest last. */
  lastedMs: z.array(z.int().min(0)).max(outagesKept),
  /** The present one, as far as it was watched; null while the link is up. Time without power is not in it. */
  presentMs: z.int().min(0).nullable(),
});
type Outages = z.infer<typeof Outages>;

/** What is remembered, the present one among it. A file that cannot be read remembers nothing. */
export function readOutages(dataFolder: string): number[] {
  const { lastedMs, presentMs } = readFile(fileIn(dataFolder));
  return presentMs === null ? lastedMs : [...lastedMs, presentMs];
}

/** The same link, with its long outages remembered. */
export function rememberOutages(link: Link, dataFolder: string, clock: Clock, log: Log): Link {
  const path = fileIn(dataFolder);
  let { lastedMs, presentMs } = readFile(path);
  /** The part of the present outage that an earlier run watched. */
  let carriedMs = presentMs ?? 0;
  let downSinceMs: number | null = clock.monotonicMs();
  let cancel: () => void = () => {};

  const presently = () => (downSinceMs === null ? 0 : carriedMs + clock.monotonicMs() - downSinceMs);
  const write = () => {
    try {
      writeDurable(path, `${JSON.stringify({ v: 1, lastedMs, presentMs } satisfies Outages)}\n`);
    } catch (error) {
      // A full disk must not end the link.
      log.warn({ error: (error as Error).message }, 'could not remember an outage');
    }
  };
  const watch = () => {
    cancel = clock.after(outageMsMin, () => {
      presentMs = presently();
      write();
      watch();
    });
  };
  const down = () => {
    downSinceMs = clock.monotonicMs();
    carriedMs = 0;
    watch();
  };
  const up = () => {
    cancel();
    const outageMs = presently();
    downSinceMs = null;
    if (outageMs < outageMsMin) return;
    lastedMs = [...lastedMs, outageMs].slice(-outagesKept);
    presentMs = null;
    write();
  };

  return {
    ...link,
    start(events) {
      watch();
      link.start({
        ...events,
        onUp(borne) {
          up();
          events.onUp(borne);
        },
        onDown(reason) {
          down();
          events.onDown(reason);
        },
      });
    },
    stop() {
      cancel();
      return link.stop();
    },
  };
}

function fileIn(dataFolder: string): string {
  return join(dataFolder, 'outages.json');
}

function readFile(path: string): Outages {
  try {
    if (existsSync(path)) return Outages.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // As if there had been none: certificates are then renewed at a third of their life.
  }
  return { v: 1, lastedMs: [], presentMs: null };
}
