// A broker with a fleet behind it, as a process of its own: node fleet-load.ts <file with options as JSON>. It says its port, then takes
// lines: `health on`, `health off`, `sell on`, `sell off`; at SIGTERM it ends. Of a broker it is as much as central's own client needs,
// so that it costs little beside what is measured.
import { createPrivateKey, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createServer, type TLSSocket } from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';
import { bytesOf, checkoutEntry } from '../central/fixtures/entries.ts';
import { createTestJournal, signedFrame } from '../central/fixtures/journal.ts';
import { buildTopic, type UpFrame } from '../contract/topics.ts';
import { listen } from '../kit/listen.ts';
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

/** Frames that central has not taken yet: beyond them boxes pass their turn, and the rate that was reached is reported. */
const inFlightMax = 500;
const tickMs = 50;

const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FleetLoadOptions;
const key = createPrivateKey(options.privateKeyPem);
const identity = loadCentralIdentity(options.identityFolder);
const state = { central: null as TLSSocket | null, inFlight: 0, messageId: 0, health: false, sell: false };

const server = createServer({ key: identity.serverKeyPem, cert: identity.serverCertificatePem }, (socket) => {
  const packets = parser({ protocolVersion: 4 });
  packets.on('packet', (packet: Packet) => answer(socket, packet));
  socket.on('data', (bytes: Buffer) => packets.parse(bytes));
  socket.on('error', () => {});
  state.inFlight = 0;
});

function answer(socket: TLSSocket, packet: Packet): void {
  switch (packet.cmd) {
    case 'connect':
      socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
      break;
    case 'subscribe':
      socket.write(generate({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1] }));
      state.central = socket;
      break;
    case 'pingreq':
      socket.write(generate({ cmd: 'pingresp' }));
      break;
    case 'publish':
      if (packet.qos === 1) socket.write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
      break;
    case 'puback':
      state.inFlight--;
      break;
    default:
  }
}

async function publish(applianceId: string, frame: UpFrame, made: Promise<Uint8Array>): Promise<void> {
  state.inFlight++;
  const payload = Buffer.from(await made);
  state.messageId = (state.messageId % 65_535) + 1;
  const topic = buildTopic({ applianceId, direction: 'up', frame });
  const { messageId } = state;
  state.central?.write(
    generate({ cmd: 'publish', topic, payload, qos: 1, messageId, dup: false, retain: false }),
  );
}

const boxes = options.boxes.map(({ id, journalId }, i) => ({
  ...{ id, reports: reportingBox(i, i < options.sellers), journal: createTestJournal(id, key, journalId) },
}));
type Box = (typeof boxes)[number];

function say({ id, reports }: Box): void {
  const line = Buffer.from(JSON.stringify(reports.next(Date.now())));
  const digest = hash('sha256', Buffer.concat([line, Buffer.from('\n')]));
  void publish(id, 'health', compress(signedFrame('health', id, key, { count: 1, digest }, [line])));
}

function sell({ id, journal }: Box): void {
  journal.append(bytesOf(checkoutEntry()));
  const seq = journal.lastSeq();
  void publish(id, 'entries', journal.payload(seq, seq));
}

/** Each box in its turn, so that all had theirs in the time; by the clock and not by ticks, which are late on a busy machine. */
function inTurn(all: readonly Box[], everyMs: number, isOn: () => boolean, act: (box: Box) => void): void {
  const most = (all.length * 10 * tickMs) / everyMs;
  let [next, owed, beforeMs] = [0, 0, performance.now()];
  setInterval(() => {
    const nowMs = performance.now();
    owed = isOn() ? Math.min(most, owed + (all.length * (nowMs - beforeMs)) / everyMs) : 0;
    beforeMs = nowMs;
    for (; owed >= 1 && state.inFlight < inFlightMax; owed--) {
      const box = all[next++ % all.length];
      if (box) act(box);
    }
  }, tickMs);
}
inTurn(boxes, options.reportEveryMs, () => state.health, say);
inTurn(boxes.slice(0, options.sellers), options.sellEveryMs, () => state.sell, sell);

process.stdout.write(`${await listen(server, 0, '127.0.0.1')}\n`);
createInterface({ input: process.stdin }).on('line', (line) => {
  const [what, how] = line.split(' ');
  if (what === 'health' || what === 'sell') state[what] = how === 'on';
});
process.on('SIGTERM', () => process.exit(0));
