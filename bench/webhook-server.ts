// The webhook door of bench/webhooks.ts as a process of its own, over the real store: node webhook-server.ts <folder>. It
// says its port on stdout.

import { databasePath } from '../central/ledger/sqlite/open.ts';
import { startThreadStore } from '../central/ledger/sqlite/thread-store.ts';
import { WebhooksConfig } from '../central/webhooks/config.ts';
import { stripeJudge } from '../central/webhooks/fixtures/stripe-events.ts';
import { startWebhooks } from '../central/webhooks/start.ts';
import { systemClock } from '../kit/clock.ts';
import { createLog } from '../kit/log.ts';

const [, , folder = ''] = process.argv;
const log = createLog('bench', 'error');
const store = await startThreadStore(databasePath(folder), {
  onGrown() {},
  onChangedOutside() {},
  onDiskTrouble: (error) => log.error({ error }, 'disk trouble'),
  onFailed(error) {
    throw error;
  },
});
const { port } = await startWebhooks({
  config: WebhooksConfig.parse({ port: 0 }),
  processors: new Map([['stripe', stripeJudge()]]),
  store: store.port,
  clock: systemClock(),
  log,
});
process.stdout.write(`${port}\n`);
