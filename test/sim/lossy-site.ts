// One appliance and central in one process, over a link that loses, repeats, reorders and breaks, driven by a seed and a
// clock turned by hand. The stores, the pump, the intake, the ledger and every signature are the real ones.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCloneWatch } from '../../central/enrolment/clone-watch.ts';
import { createDenyList } from '../../central/enrolment/deny-list.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { createFeedSender } from '../../central/feed/sender.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { openStoreAt } from '../../central/fixtures/in-process-store.ts';
import { noReports } from '../../central/fixtures/no-fleet.ts';
import { createAnswers } from '../../central/intake/answers.ts';
import { createIntake } from '../../central/intake/intake.ts';
import { portOver } from '../../central/ledger/sqlite/direct-port.ts';
import type { Product } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';
import { buildTopic, parseTopic } from '../../contract/topics.ts';
import type { AnswerTo, Ask, Command, CommandKind, Position } from '../../daemon/store/commands.ts';
import { openStore } from '../../daemon/store/store.ts';
import { createEnvelope } from '../../daemon/sync/envelope.ts';
import type { Link, LinkEvents } from '../../daemon/sync/link.ts';
import { createPump, type PumpParts } from '../../daemon/sync/pump.ts';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { readAuthorities } from '../../provisioning/authority/check.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { loadApplianceIdentity, loadCentralIdentity } from '../../provisioning/identity.ts';

export interface LossySite {
  /** Shares of frames, both ways: lost, and delivered twice. Delays are random, so frames overtake each other. */
  weather: { lost: number; repeated: number; delayMsMax: number };
  /** Gives the store a command at once, as the HTTP door would. */
  submit<K extends CommandKind>(kind: K, ask: Ask<K>): AnswerTo<K>;
  position(): Position;
  centralReceivedThrough(): number;
  breakLink(): void;
  healLink(): void;
  restartAppliance(): void;
  restartCentral(): void;
  /** Lets time pass, and the ledger work. */
  pass(ms: number): Promise<void>;
  /** True when nothing is pending, everything is booked, and the feed has been applied. */
  settled(): boolean;
  close(): void;
}

const applianceId = 'leeds-1';

/** The databases lie in `folder` where the model looks for them. */
export async function openLossySite(
  folder: string,
  random: () => number,
  sells: { policy: Policy; products: Product[] },
): Promise<LossySite> {
  const authority = await authorityInit({
    folder: join(folder, 'authority'),
    centralHosts: ['localhost'],
    nowMs: Date.now(),
  });
  const identityFolder = join(folder, 'identity');
  await applianceCreate({
    authorityFolder: authority.folder,
    applianceId,
    out: identityFolder,
    nowMs: Date.now(),
  });
  const appliance = loadApplianceIdentity(identityFolder);
  const centralIdentity = loadCentralIdentity(authority.centralFolder);
  mkdirSync(join(folder, 'central'));

  const clock = manualClock(Date.now());
  const weather = { lost: 0, repeated: 0, delayMsMax: 0 };
  /** Frames of a broken connection are lost with it. */
  let connection = 0;
  let linkEvents: LinkEvents | null = null;
  let central = startCentral();
  central.port.publishPolicy(sells.policy, byTester(clock.wallMs()));
  await publishProducts(central.port, sells.products, testerAtWork(clock.wallMs));
  let box = startAppliance();

  function link(): Link {
    return {
      start(events) {
        linkEvents = events;
      },
      async send(frame, payload) {
        if (connection === 0) return false;
        const topic = buildTopic({ applianceId, direction: 'up', frame });
        carry(() => void central.intake.onPayload(topic, payload));
        return true;
      },
      distrust() {},
      renew() {},
      async stop() {},
    };
  }

  /** Hands a frame to the weather. */
  function carry(deliver: () => void): void {
    const sentOn = connection;
    const dice = random();
    const copies = dice < weather.lost ? 0 : dice < weather.lost + weather.repeated ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      clock.after(Math.floor(random() * weather.delayMsMax), () => {
        if (connection === sentOn) deliver();
      });
    }
  }

  function startCentral() {
    const store = openStoreAt(join(folder, 'central', 'central.db'));
    const port = portOver(store);
    const answers = createAnswers(centralIdentity.signingKey, (topic, payload) => {
      const parsed = parseTopic(topic);
      if (connection === 0 || parsed?.direction !== 'down') return false;
      carry(() => linkEvents?.onFrame(parsed.frame, Buffer.from(payload)));
      return true;
    });
    const feed = createFeedSender({ store: port, answers, clock, log: silentLog });
    const authorities = readAuthorities(centralIdentity.caPem);
    const intake = createIntake({
      store: port,
      answers,
      feed,
      authorities: () => authorities,
      denied: createDenyList(),
      clones: createCloneWatch({ store: port, nowMs: () => Date.now(), log: silentLog }),
      fleet: noReports,
      windowFrames: 4,
      entriesPerSecondMax: 100_000,
      nowMs: () => Date.now(),
      log: silentLog,
    });
    return { store, port, feed, intake };
  }

  function startAppliance() {
    const store = openStore({
      folder: join(folder, 'appliance'),
      space: { bytesMax: 1024 ** 3, reserveBytes: 0 },
      clock,
    });
    let appended: () => void = () => {};
    const execute = (kind: CommandKind, ask: object) => {
      const before = store.heads.lastSeq;
      const [answer] = store.execute([{ kind, ...ask } as unknown as Command]);
      if (store.heads.lastSeq > before) appended();
      return answer;
    };
    const client: PumpParts['store'] = {
      ask: async (kind, ask) => execute(kind, ask) as AnswerTo<typeof kind>,
      get lastSeq() {
        return store.heads.lastSeq;
      },
      get lastAskedSeq() {
        return store.heads.lastAskedSeq;
      },
      kiosksSubmit: () => false,
      onAppended(listener) {
        appended = listener;
      },
    };
    const pump = createPump({
      store: client,
      link: link(),
      envelope: createEnvelope(appliance),
      clock,
      log: silentLog,
      release: 'simulated',
      certificate: appliance.certificateDer,
      onFallenBack({ receivedThrough }) {
        throw new Error(`central has ${receivedThrough} entries, and no file was put back`);
      },
    });
    pump.start();
    return { store, execute };
  }

  function healLink(): void {
    connection = Math.floor(random() * 1e9) + 1;
    linkEvents?.onUp();
  }
  function breakLink(): void {
    connection = 0;
    linkEvents?.onDown('simulated');
  }

  const feedPosition = () => central.store.feedPositionOf(applianceId);
  const receivedAtCentral = () => central.store.appliance(applianceId)?.journals[0];
  return {
    weather,
    submit: (kind, ask) => box.execute(kind, ask) as AnswerTo<typeof kind>,
    position: () => box.execute('position', {}) as Position,
    centralReceivedThrough: () => receivedAtCentral()?.receivedThrough ?? 0,
    breakLink,
    healLink,
    restartAppliance() {
      breakLink();
      box.store.close();
      box = startAppliance();
      healLink();
    },
    restartCentral() {
      breakLink();
      central.feed.stop();
      central.store.close();
      central = startCentral();
      healLink();
    },
    async pass(ms) {
      const stepMs = 5;
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(stepMs);
        // Compression runs on threads of its own, in real time.
        await sleep(1);
      }
      central.store.transaction(() => {
        central.store.bookPiece(100, Date.now());
        central.store.answerDue(100, Date.now());
      });
      central.feed.onGrown(central.store.takeGrownFeeds());
    },
    settled() {
      const { lastSeq, receivedThrough, appliedThrough } = box.execute('position', {}) as Position;
      const journal = receivedAtCentral();
      const head = feedPosition()?.head;
      return (
        receivedThrough === lastSeq &&
        journal?.bookedThrough === lastSeq &&
        appliedThrough === head &&
        central.store.nextDueMs() === null
      );
    },
    close() {
      breakLink();
      central.feed.stop();
      central.store.close();
      box.store.close();
    },
  };
}
