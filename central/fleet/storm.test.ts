// Ten thousand boxes that were cut off together and say at once how they are, some of them nonsense, while others sell: through the
// real intake into real files. One alert and not ten thousand, money before words, and the truth about every box right afterwards.
import { generateKeyPairSync, hash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { genesisHash } from '../../contract/hash.ts';
import type { HealthReport } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import { buildTopic, type UpFrame } from '../../contract/topics.ts';
import { manualClock } from '../../kit/clock.ts';
import { silentLog as log } from '../../kit/log.ts';

import { AlertsConfig } from '../alerts/config.ts';
import { startAlertWatch } from '../alerts/watch.ts';
import { createDenyList } from '../enrolment/deny-list.ts';
import { createFeedSender } from '../feed/sender.ts';
import { byTester } from '../fixtures/by.ts';
import { bytesOf, checkoutEntry } from '../fixtures/entries.ts';
import { sampleReport } from '../fixtures/health.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, signedFrame, type TestJournal } from '../fixtures/journal.ts';
import { createAnswers } from '../intake/answers.ts';
import { createIntake, refusedReports } from '../intake/intake.ts';
import { startThreadStore } from '../ledger/sqlite/thread-store.ts';
import { openFleetFile } from './sqlite/fleet-file.ts';

const boxesCount = 10_000;
/** None that says nonsense. */
const firstSeller = 10;
const sellersCount = 50;
/** One in so many says each kind of nonsense, and one in so many has an outage to tell of. */
const nonsenseEvery = 100;
const backlogEvery = 20;
/** What one read of a connection brings, about. */
const atOnce = 100;
const minuteMs = 60_000;
const yearMs = 365 * 86_400_000;
/** All that central knows of ten thousand boxes afterwards, and no queue beside it. */
const grownBytesMax = 80 * 1024 * 1024;

type Nonsense = 'future' | 'past' | 'repeated' | 'huge' | 'forged' | null;
const nonsenses: readonly Nonsense[] = ['future', 'past', 'repeated', 'huge', 'forged'];
const nonsenseOf = (n: number) =>
  n % nonsenseEvery < nonsenses.length ? nonsenses[n % nonsenseEvery] : null;
const unheard = (n: number) => ['repeated', 'huge', 'forged'].includes(nonsenseOf(n) ?? '');
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const idOf = (n: number) => `box-${String(n).padStart(5, '0')}`;

it('is taken in one after the other, with one alert about central’s own link', {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder();
  const clock = manualClock(Date.now());
  const cutMs = clock.wallMs();
  const journals = Array.from({ length: sellersCount }, (_, n) =>
    createTestJournal(idOf(firstSeller + n), privateKey),
  );
  makeKnown(join(folder.path, 'central.db'), journals, cutMs);
  const fleet = openFleetFile(folder.path, { clock, log });
  for (let n = 0; n < boxesCount; n++) fleet.take(idOf(n), [reportOf(cutMs)], cutMs);
  const thread = await startThreadStore(join(folder.path, 'central.db'), {
    onGrown() {},
    onChangedOutside() {},
    onDiskTrouble: (error) => expect.fail(error),
    onFailed(error) {
      throw error;
    },
  });
  const { port: store } = thread;
  const receipts: { taken: number }[] = [];
  const answers = createAnswers(generateKeyPairSync('ed25519').privateKey, (topic) => {
    if (topic.endsWith('/receipt')) receipts.push({ taken: fleet.taken() });
    return true;
  });
  const intake = createIntake({
    ...{
      store,
      answers,
      fleet,
      feed: createFeedSender({ store, answers, clock, log }),
      nowMs: clock.wallMs,
      log,
    },
    authorities: () => expect.fail('nobody says hello'),
    clones: { noteHello: async () => {}, noteTakeover() {} },
    denied: createDenyList(),
    ...{ windowFrames: 12, entriesPerSecondMax: 100_000 },
  });
  const watch = startAlertWatch({
    ...{ store, config: AlertsConfig.parse(undefined), reports: fleet, clock, log },
    connected: () => null,
    refusedReports: () => refusedReports(intake.ignored()),
    authority: async () => [],
  });
  const lookIn = async (minutes: number) => {
    clock.advance(minutes * minuteMs);
    await watch.look();
  };
  const standing = () => store.standingAlerts(boxesCount);
  try {
    await lookIn(10);
    await lookIn(2);
    expect(await standing()).toMatchObject([{ rule: 'silent', subject: 'fleet', membersCount: boxesCount }]);
    expect((await standing())[0]?.words).toContain("central's own link");

    const backMs = clock.wallMs();
    const before = await heldBytes();
    const frames = Array.from({ length: boxesCount }, (_, n) => framesOf(n, cutMs, backMs)).flat();
    const takenBefore = fleet.taken();
    const sendAfter = frames.length / 10;
    for (let from = 0; from < frames.length; from += atOnce) {
      const some = frames.slice(from, from + atOnce);
      // Amid the words, those that sell bring what they sold.
      if (from === sendAfter) {
        for (const [n, journal] of journals.entries())
          some.push(await soldBy(firstSeller + n, journal, cutMs));
      }
      await Promise.all(some.map(({ topic, payload }) => intake.onPayload(topic, payload)));
      // What is gathered goes to the disk once a second.
      clock.advance(100);
      await turn();
    }
    await intake.idle();
    clock.advance(1000);
    expect(receipts).toHaveLength(sellersCount);
    // Received long before the last of the words was taken.
    const words = fleet.taken() - takenBefore;
    for (const { taken } of receipts) expect(taken - takenBefore).toBeLessThan(words / 2);
    frames.length = 0;
    const grown = (await heldBytes()) - before;
    expect(grown).toBeLessThan(grownBytesMax);

    await watch.look();
    const each = boxesCount / nonsenseEvery;
    // Whoever forged or said too much was not heard, and neither was who repeated what was known.
    expect(watch.summary()?.states).toMatchObject({
      selling_online: boxesCount - 3 * each,
      silent: 3 * each,
    });
    const reasons = Object.groupBy(intake.ignored(), ({ reason }) => reason);
    expect(Object.fromEntries(Object.entries(reasons).map(([name, some]) => [name, some?.length]))).toEqual({
      report_from_the_future: each,
      report_time_unknown: each,
      report_repeated: each,
      frame_malformed: each,
      signature_wrong: each,
    });
    // Whatever it said of the time, it lies in no other than ours.
    const asked = { fromMs: backMs + minuteMs, toMs: backMs + 2 * yearMs };
    expect(fleet.timeline(idOf(nonsenseEvery), asked)).toEqual([]);

    // Those who were heard go on; the alert of all is over, and those who were not are told of by their sites.
    for (let minute = 1; minute <= 4; minute++) {
      const nowMs = backMs + minute * minuteMs + 30_000;
      for (let n = 0; n < boxesCount; n++) if (!unheard(n)) fleet.take(idOf(n), [reportOf(nowMs)], nowMs);
      clock.setWall(nowMs);
      await lookIn(1);
    }
    const after = await standing();
    expect(new Set(after.map(({ rule, subject }) => `${rule} ${subject.replace(/\d+/, 'N')}`))).toEqual(
      new Set(['silent site site-N']),
    );
    expect(after.reduce((sum, { membersCount }) => sum + membersCount, 0)).toBe(3 * each);
  } finally {
    await watch.stop();
    await thread.close();
    fleet.close();
    folder.remove();
  }
});

/** As if each had said hello before. */
function makeKnown(path: string, journals: readonly { journalId: string }[], nowMs: number): void {
  const store = openStoreAt(path);
  const publicKeyDer = publicKey.export({ format: 'der', type: 'spki' });
  const standing = { lastSeq: 0, lastHash: genesisHash.toString('hex'), feedId: null, appliedThrough: 0 };
  store.transaction(() => {
    for (let n = 0; n < boxesCount; n++) {
      const applianceId = idOf(n);
      store.registerAppliance({ id: applianceId, site: `site-${n % 500}` }, byTester(nowMs));
      const journalId = journals[n - firstSeller]?.journalId ?? randomUUID();
      store.hello({ ...standing, applianceId, publicKey: publicKeyDer, journalId, release: '0.1.0', nowMs });
    }
  });
  store.close();
}

function reportOf(madeMs: number, change: Partial<HealthReport['at']> = {}): HealthReport {
  const at = { ...sampleReport.at, wallMs: madeMs, monotonicMs: madeMs - 1_700_000_000_000 };
  const central = { ms: madeMs, uncertaintyMs: 20 };
  const journal = { ...sampleReport.journal, oldestUnreceivedMs: null };
  return {
    ...{
      ...sampleReport,
      at: { ...at, central, ...change },
      journal,
      conditions: [],
      certificateEndsMs: null,
    },
  };
}

interface Frame {
  topic: string;
  payload: Buffer;
}
const frame = (n: number, name: UpFrame, payload: Buffer): Frame => ({
  topic: buildTopic({ applianceId: idOf(n), direction: 'up', frame: name }),
  payload,
});

function framesOf(n: number, cutMs: number, backMs: number): Frame[] {
  const nonsense = nonsenseOf(n);
  const say = (reports: readonly HealthReport[], key = privateKey) => {
    const lines = reports.map((one) => Buffer.from(JSON.stringify(one)));
    const digest = hash('sha256', Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    const signed = signedFrame('health', idOf(n), key, { count: lines.length, digest }, lines);
    return frame(n, 'health', zstdCompressSync(signed));
  };
  switch (nonsense) {
    case 'future':
      return [say([reportOf(backMs, { central: { ms: backMs + yearMs, uncertaintyMs: 20 } })])];
    case 'past':
      // A clock of 1970, and nobody's estimate beside it.
      return [say([reportOf(backMs, { wallMs: 5, central: undefined })])];
    case 'repeated':
      return [say([reportOf(cutMs)])];
    case 'huge':
      return [say(Array(limits.healthReportsMax + 1).fill(reportOf(backMs)))];
    case 'forged':
      return [say([reportOf(backMs)], another)];
    default: {
      const kept = n % backlogEvery === 7 ? 20 : 0;
      const missed = Array.from({ length: kept }, (_, i) => reportOf(cutMs + (i + 1) * 30_000));
      return [say([...missed, reportOf(backMs)])];
    }
  }
}

async function soldBy(n: number, journal: TestJournal, madeMs: number): Promise<Frame> {
  const at = { wallMs: madeMs, monotonicMs: 5, bootId: sampleReport.at.bootId };
  journal.append(bytesOf(checkoutEntry({ at })), bytesOf(checkoutEntry({ at })));
  return frame(n, 'entries', await journal.payload(1, 2));
}

/** What is held: handles of native code are let go of in the turn after the one in which they are found unused. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n++) {
    collect();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
