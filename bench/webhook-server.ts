// The other end of bench/webhooks.ts as a process of its own: the door over the real store, or a server that keeps nothing.
// node webhook-server.ts <folder> door|control; it says its port on stdout.
import { createServer } from 'node:http';
import { databasePath } from '../central/ledger/sqlite/open.ts';
import { startThreadStore } from '../central/ledger/sqlite/thread-store.ts';
import { WebhooksConfig } from '../central/webhooks/config.ts';
import { stripeJudge } from '../central/webhooks/fixtures/stripe-events.ts';
import { startWebhooks } from '../central/webhooks/start.ts';
import { systemClock } from '../kit/clock.ts';
import { listen } from '../kit/listen.ts';
import { createLog } from '../kit/log.ts';

const [, , folder = '', control] = process.argv;
const port = control === 'control' ? await openControl() : await openDoor();
process.stdout.write(`${port}\n`);

/** Takes what is sent and answers: what HTTP, the load and the machine cost by themselves. */
function openControl(): Promise<number> {
  const server = createServer((asked, answer) => {
    asked.resume();
    asked.on('end', () => answer.end());
  });
  return listen(server, 0, '127.0.0.1');
}

async function openDoor(): Promise<number | null> {
  const log = createLog('bench', 'error');
  const store = await startThreadStore(databasePath(folder), {
    onStepsDue() {},
    onGrown() {},
    onChangedOutside() {},
    onDiskTrouble: (error) => log.error({ error }, 'disk trouble'),
    onFailed(error) {
      throw error;
    },
  });
  const webhooks = await startWebhooks({
    onReport: () => undefined,
    config: WebhooksConfig.parse({ port: 0 }),
    processors: new Map([['stripe', stripeJudge()]]),
    store: store.port,
    clock: systemClock(),
    log,
  });
  return webhooks.port;
}
