// The central that the operators' page is tried at: its real store, its real HTTP, and a clock turned by hand, so that a box is
// silent at once. Names of people and goods try to be markup.
import { join } from 'node:path';
import { AlertsConfig } from '../../central/alerts/config.ts';
import { startAlertWatch } from '../../central/alerts/watch.ts';
import { defaultPolicy } from '../../central/feed/default-policy.ts';
import { bytesOf, checkoutEntry } from '../../central/fixtures/entries.ts';
import { sampleReport } from '../../central/fixtures/health.ts';
import { temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../central/fixtures/journal.ts';
import type { FleetFile, HeardReport } from '../../central/fleet/port.ts';
import { openFleetFile } from '../../central/fleet/sqlite/fleet-file.ts';
import { openHttpServer } from '../../central/http/server.ts';
import { portOver } from '../../central/ledger/sqlite/direct-port.ts';
import { openDatabase } from '../../central/ledger/sqlite/open.ts';
import type { SqliteStore } from '../../central/ledger/sqlite/store.ts';
import { createSqliteStore } from '../../central/ledger/sqlite/store.ts';
import { PayoutsConfig } from '../../central/payouts/config.ts';
import type { By } from '../../central/people/actor.ts';
import { PeopleConfig } from '../../central/people/people-config.ts';
import { hashToken, linkMsMax, newToken } from '../../central/people/persons.ts';
import { ReviewConfig } from '../../central/people/review-config.ts';
import type { Role } from '../../central/people/roles.ts';
import { totpCode } from '../../central/people/totp.ts';
import { startRolloutLoop } from '../../central/rollout/loop.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { routing, secondPersonAboveMinor, trade } from './trade.ts';

export const markup = '<img src=x onerror="document.title=1">';

/** How long leeds-1 has been silent. */
const silentMs = 12 * 60_000;

export interface World {
  url: string;
  /** A link for a new person. */
  invite(name: string, role: Role): string;
  /** The code that the app shows now. @param secret as the page shows it */
  codeOf(secret: string): string;
  /** The box speaks from now on, or spoke so long ago. */
  hear(id: string, agoMs: number, report?: Partial<HeardReport['report']>): void;
  /** Boxes that are known, all of them heard now. */
  addBoxes(count: number): void;
  /** A fleet with a bit of everything, for pictures. */
  paint(): void;
  /** So much time goes by. */
  pass(ms: number): void;
  audited(action: string): { actor: string; about: string }[];
  /** What the boxes that are acted out reach central by. */
  inside: { store: SqliteStore; by(): By; past: FleetFile };
  /** The watch looks, and again after what must hold for a while has held. */
  watch(): Promise<void>;
  close(): Promise<void>;
}

/** @param site what the site of leeds-1 is called */
export async function openWorld(
  site = markup,
  secondFactor: PeopleConfig['secondFactor'] = 'required',
): Promise<World> {
  const folder = temporaryFolder();
  const store = createSqliteStore(openDatabase(join(folder.path, 'central.db')), { routing });
  const clock = { aheadMs: 0 };
  const nowMs = () => Date.now() + clock.aheadMs;
  const by = (): By => ({ actor: { kind: 'command', user: 'tester', from: 'bench' }, nowMs: nowMs() });
  const heard = new Map<string, { report: HeardReport['report']; heardMs: number | null }>();
  const port = portOver(store);

  await port.ensurePolicy(defaultPolicy);
  await port.registerAppliance({ id: 'leeds-1', site }, by());
  await port.registerAppliance({ id: 'york-1', site: 'York' }, by());
  await port.registerAppliance({ id: 'hull-1', site: 'Hull' }, by());
  await trade(port, site === markup ? markup : 'Hamper', nowMs());
  const journalId = await sell('leeds-1');

  const turned = systemClock();
  const parts = {
    clock: { ...turned, wallMs: nowMs, monotonicMs: () => turned.monotonicMs() + clock.aheadMs },
    log: silentLog,
  };
  const past = openFleetFile(folder.path, parts);
  const http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    store: port,
    fleet: { reports: { of: lastOf }, past, doctors: past, connected: () => null },
    ignoredFrames: () => [],
    processors: () => [],
    reviews: ReviewConfig.parse({ secondPersonAboveMinor }),
    payouts: PayoutsConfig.parse(undefined),
    people: PeopleConfig.parse({ secondFactor }),
    enrolment: {
      place: { estUrl: 'https://central.example:8884', root: `sha256:${'0a'.repeat(32)}` },
      onDenied: async () => {},
      authority: () => Promise.reject(new Error('nobody asks for it')),
    },
    nowMs,
    log: silentLog,
  });
  const rollouts = startRolloutLoop({
    ...{ store: port, reports: { of: lastOf } },
    onTurned: () => http.tell('turnRollout'),
    ...parts,
  });
  const alerts = startAlertWatch({
    ...{ store: port, config: AlertsConfig.parse(undefined), reports: { of: lastOf } },
    ...{ connected: () => null, refusedReports: () => new Map(), authority: async () => [] },
    onChanged: () => http.tell('changeAlerts'),
    ...parts,
  });
  const url = `http://127.0.0.1:${http.port}`;

  /** A box that speaks does so twice a minute, however long a test takes. */
  function lastOf(id: string): HeardReport | null {
    const last = heard.get(id);
    return last === undefined ? null : { ...last, heardMs: last.heardMs ?? nowMs() };
  }

  /** Two sales that have arrived; one with a slip and a card. */
  async function sell(applianceId: string): Promise<string> {
    const { privateKey, publicKeyDer } = testKeys();
    const journal = createTestJournal(applianceId, privateKey);
    const now = nowMs() - silentMs;
    journal.append(
      bytesOf(checkoutEntry({ totalMinor: 1250, slip: 17 })),
      bytesOf(checkoutEntry({ totalMinor: 300, slip: 18 })),
    );
    const { journalId } = journal;
    const hello = { feedId: null, appliedThrough: 0, release: '1.4.0', nowMs: now };
    await port.hello({
      ...{ applianceId, publicKey: publicKeyDer, journalId, lastSeq: 2, lastHash: journal.hashAt(2) },
      ...hello,
    });
    await port.receive({ applianceId, payload: await journal.payload(1, 2), nowMs: now });
    await port.bookPiece(100, now);
    return journalId;
  }

  const world: World = {
    url,
    invite(name, role) {
      const token = newToken();
      const invited = { name, role, linkHash: hashToken(token), untilMs: nowMs() + linkMsMax };
      const made = store.transaction(() => store.invitePerson(invited, by()));
      if (made.kind !== 'invited') throw new Error(made.kind);
      return `${url}/#/welcome/${token}`;
    },
    codeOf: (secret) => totpCode(unbase32(secret), Math.floor(nowMs() / 30_000)),
    hear(id, agoMs, report = {}) {
      heard.set(id, {
        report: { ...sampleReport, conditions: [], ...report },
        heardMs: agoMs === 0 ? null : nowMs() - agoMs,
      });
    },
    addBoxes(count) {
      store.transaction(() => {
        for (let n = 1; n <= count; n++) {
          const id = `box-${String(n).padStart(5, '0')}`;
          store.registerAppliance({ id, site: `Site ${n % 500}` }, by());
          world.hear(id, 0);
        }
      });
    },
    paint() {
      const codes = ['disk_filling', 'clock_wrong', 'certificate_ending', 'journal_salvaged'];
      for (let n = 1; n <= 24; n++) {
        const id = `box-${String(n * 37).padStart(5, '0')}`;
        const exposure = { totalMinor: n * 3417, limitMinor: 250_000, currency: 'GBP' as const };
        if (n % 6 === 0) world.hear(id, n * 900_000, { exposure });
        else
          world.hear(id, 0, { exposure, conditions: [{ code: codes[n % 4] ?? '', forMs: n * 4_000_000 }] });
      }
    },
    pass(ms) {
      clock.aheadMs += ms;
    },
    audited: (action) =>
      store
        .auditRecords({ action, about: null, cursor: null, limit: 20 })
        .items.map(({ actor, about }) => ({ actor: 'name' in actor ? actor.name : actor.kind, about })),
    inside: { store, by, past },
    async watch() {
      await alerts.look();
      clock.aheadMs += 2 * 60_000;
      await alerts.look();
    },
    async close() {
      await Promise.all([rollouts.stop(), alerts.stop()]);
      await http.close();
      past.close();
      store.close();
      folder.remove();
    },
  };
  world.hear('leeds-1', silentMs, {
    exposure: { totalMinor: 48_120, limitMinor: 250_000, currency: 'GBP' },
    journal: { ...sampleReport.journal, journalId, lastSeq: 14, receivedThrough: 2 },
  });
  world.hear('york-1', 0);
  world.hear('hull-1', 0, {
    conditions: [{ code: 'disk_filling', forMs: 3_600_000 }],
    exposure: { totalMinor: 12_730, limitMinor: 250_000, currency: 'GBP' },
  });
  return world;
}

function unbase32(text: string): Buffer {
  const bits = [...text.replace(/\s/g, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
