// A broker with a fleet behind it, as a process of its own: node fleet-load.ts <file with options as JSON>. It says its port, then takes lines:
// `health on`, `health off`, `sell on`, `sell off`; at SIGTERM it ends.
import { createPrivateKey, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createServer } from 'node:tls';
import { createEmbeddedBroker } from '../central/broker/embedded.ts';
import { centralClientId, createMqttClient } from '../central/broker/mqtt-client.ts';
import { bytesOf, checkoutEntry } from '../central/fixtures/entries.ts';
import { createTestJournal, signedFrame } from '../central/fixtures/journal.ts';
import { buildTopic, downFilter } from '../contract/topics.ts';
import { systemClock } from '../kit/clock.ts';
import { listen } from '../kit/listen.ts';
import { createLog } from '../kit/log.ts';
import { compress } from '../kit/zstd.ts';
import { loadCentralIdentity } from '../provisioning/identity.ts';
import { reportingBox } from './fleet-reports.ts';

export interface FleetLoadOptions {
  identityFolder: string;
  /** PEM; every box signs by it. */
  privateKeyPem: string;
  boxes: { id: string; journalId: string }[];
  sellers: number;
  reportEveryMs: number;
  sellEveryMs: number;
}

const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FleetLoadOptions;
const key = createPrivateKey(options.privateKeyPem);
const log = createLog('fleet-load', 'error');
const identity = loadCentralIdentity(options.identityFolder);
const broker = await createEmbeddedBroker(log, centralClientId);
const server = createServer({ key: identity.serverKeyPem, cert: identity.serverCertificatePem }, (socket) => {
  const end = broker.dial();
  socket.pipe(end).pipe(socket);
  socket.on('error', () => end.destroy());
});
const { pipe, subscribed } = createMqttClient({
  ...{
    dial: broker.dial,
    clientId: 'fleet',
    filter: downFilter('nobody'),
    clock: systemClock(),
    random: Math.random,
    log,
  },
  events: { onPayload: async () => {} },
});
await subscribed;
const port = await listen(server, 0, '127.0.0.1');

const on = { health: false, sell: false };
const boxes = options.boxes.map(({ id, journalId }, i) => ({
  id,
  reports: reportingBox(i, i < options.sellers),
  journal: createTestJournal(id, key, journalId),
}));

function say(box: { id: string; reports: ReturnType<typeof reportingBox> }): void {
  const line = Buffer.from(JSON.stringify(box.reports.next(Date.now())));
  const digest = hash('sha256', Buffer.concat([line, Buffer.from('\n')]));
  const frame = signedFrame('health', box.id, key, { count: 1, digest }, [line]);
  void compress(frame).then((payload) =>
    pipe.publish(buildTopic({ applianceId: box.id, direction: 'up', frame: 'health' }), payload),
  );
}

function sell({ id, journal }: (typeof boxes)[number]): void {
  journal.append(bytesOf(checkoutEntry()));
  const seq = journal.lastSeq();
  void journal
    .payload(seq, seq)
    .then((payload) =>
      pipe.publish(buildTopic({ applianceId: id, direction: 'up', frame: 'entries' }), payload),
    );
}

/** Each box in its turn, so many a tick that all had theirs in the time. */
function inTurn(
  all: typeof boxes,
  everyMs: number,
  isOn: () => boolean,
  act: (box: (typeof boxes)[number]) => void,
) {
  let [next, owed, beforeMs] = [0, 0, performance.now()];
  setInterval(() => {
    const nowMs = performance.now();
    // By the clock and not by ticks: on a busy machine these are late.
    owed = isOn() ? owed + (all.length * (nowMs - beforeMs)) / everyMs : 0;
    beforeMs = nowMs;
    for (; owed >= 1; owed--) {
      const box = all[next++ % all.length];
      if (box) act(box);
    }
  }, 50);
}
inTurn(boxes, options.reportEveryMs, () => on.health, say);
inTurn(boxes.slice(0, options.sellers), options.sellEveryMs, () => on.sell, sell);

process.stdout.write(`${port}\n`);
createInterface({ input: process.stdin }).on('line', (line) => {
  const [what, how] = line.split(' ');
  if (what === 'health' || what === 'sell') on[what] = how === 'on';
});
process.on('SIGTERM', () => process.exit(0));
