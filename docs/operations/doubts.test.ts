// Performs doubts.md and replacement.md as an operator and a technician would (perform-page.ts): the journals on the old disks are the
// appliance's own store's, exported by its own program, and the books are those of a central that runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withStore } from '../../central/commands/open-store.ts';
import { doubtKinds, doubtStates } from '../../central/doubts/port.ts';
import { byTester } from '../../central/fixtures/by.ts';
import { bytesOf, salvageEntry } from '../../central/fixtures/entries.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../central/fixtures/journal.ts';
import { pennies, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { openPage, type Page } from './perform-page.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'holdfast-doubts-'));
const [doubts, replacement] = ['doubts.md', 'replacement.md'].map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8'),
) as [string, string];
const { privateKey, publicKeyDer } = testKeys();
const dataFolder = join(home, 'central');
const nowMs = Date.now();
const folders: string[] = [];
let page: Page;
let central: ChildProcess;

beforeAll(async () => {
  await authorityInit({ folder: join(home, 'authority'), centralHosts: ['localhost'], nowMs });
  write('central.toml', [
    'dataFolder = "central"\nidentityFolder = "authority/central"\nhttp = { port = 0 }',
    'broker = { mode = "embedded", host = "127.0.0.1", port = 0 }',
    '[est]\nhost = "127.0.0.1"\nport = 0\nurl = "https://localhost:8884"\ncentralUrl = "mqtts://localhost:8883"',
    'issuingFolder = "authority/issuing"',
  ]);
  const path = join(home, 'bin');
  mkdirSync(path);
  for (const name of ['holdfast', 'holdfast-central'] as const) script(name);
  page = openPage({ home, cwd: home, files: home, ports: {}, path });
  central = spawn(join(path, 'holdfast-central'), ['run', '--config', 'central.toml'], {
    ...{ cwd: home, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  let seen = '';
  while (!seen.includes('"msg":"ready"')) {
    const [data] = await once(central.stdout ?? expect.fail('no output'), 'data');
    seen += data;
  }
  central.stdout?.resume();
});
afterAll(async () => {
  await page.end();
  central.kill();
  await once(central, 'close');
  for (const folder of [home, ...folders])
    rmSync(folder, { recursive: true, maxRetries: 5, retryDelay: 200 });
});

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(home, name), `${lines.join('\n')}\n`);
}

function script(name: Parameters<typeof mainOf>[0]): void {
  const path = join(home, 'bin', name);
  writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${mainOf(name)} "$@"\n`);
  chmodSync(path, 0o755);
}

/** A box that sold so much, as its disk has it. */
function disk(applianceId: string, sales: number): { folder: string; journal: TestJournal } {
  const shop = temporaryStore();
  shop.execute(...Array.from({ length: sales }, (_, n) => submit.checkout(n + 1, pennies(n + 1))));
  shop.close();
  folders.push(shop.folder);
  const db = new Database(join(shop.folder, 'journal.db'), { readonly: true });
  const journalId = db.prepare<[], string>('SELECT journal_id FROM position').pluck().get();
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all();
  db.close();
  const journal = createTestJournal(applianceId, privateKey, journalId);
  journal.append(...bodies);
  return { folder: shop.folder, journal };
}

/** Central hears of a box, and receives the first of its entries. */
async function received(
  applianceId: string,
  journal: TestJournal,
  through: number,
  lastSeq: number,
): Promise<void> {
  const payload = await journal.payload(1, through);
  const said = { applianceId, publicKey: publicKeyDer, journalId: journal.journalId, feedId: null };
  const bootId = '00000000-0000-4000-8000-000000000001';
  withStore(dataFolder, (store) => {
    store.registerAppliance({ id: applianceId, site: 'Leeds' }, byTester(nowMs));
    store.hello({
      ...said,
      lastSeq,
      lastHash: journal.hashAt(lastSeq),
      appliedThrough: 0,
      release: 't',
      nowMs,
    });
    store.noteHello({ applianceId, serial: 'aa', bootId, journalId: journal.journalId, lastSeq, nowMs });
    store.receive({ applianceId, payload, nowMs });
  });
}
const booked = (applianceId: string) =>
  withStore(dataFolder, (store) => store.appliance(applianceId)?.journals.map((one) => one.bookedThrough));

it('replaces boxes as replacement.md says, with a disk that is read and one that turns up later', {
  timeout: 400_000,
}, async () => {
  const [first, second] = [disk('leeds-1', 5), disk('leeds-2', 4)];
  await received('leeds-1', first.journal, 2, 5);
  await received('leeds-2', second.journal, 2, 4);
  // As it had said itself before it burnt: one more than its disk was to give.
  withStore(dataFolder, (store) => {
    const said = { applianceId: 'leeds-2', serial: 'aa', bootId: '00000000-0000-4000-8000-000000000001' };
    store.noteHello({ ...said, journalId: second.journal.journalId, lastSeq: 5, nowMs });
  });
  const settings =
    'identityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\nhttp = { port = 48996 }';
  write('old-disk.toml', [`dataFolder = "${first.folder}"`, settings]);
  write('leeds-2.jsonl', exported(second.journal).slice(0, 4));
  expect((await page.perform(replacement)).commands).toBe(9);
  await expect.poll(() => booked('leeds-1'), { timeout: 60_000 }).toEqual([5]);
  await expect.poll(() => booked('leeds-2'), { timeout: 60_000 }).toEqual([4]);
  expect(readFileSync(join(home, 'slip.html'), 'utf8')).toContain('leeds-3');
});

it('finds and settles what is in doubt as doubts.md says', { timeout: 400_000 }, async () => {
  rmSync(join(home, 'leeds-1.jsonl'), { force: true });
  const { journal } = disk('leeds-1', 9);
  await received('leeds-1', journal, 3, 3);
  const next = createTestJournal('leeds-1', privateKey);
  const lost = [{ firstSeq: 5, lastSeq: 6 }];
  const altered = [{ firstSeq: 8, lastSeq: 8 }];
  const said = { fromJournalId: journal.journalId, lastSeq: 9, carried: 6, lost, altered };
  next.append(
    bytesOf(salvageEntry(said)),
    ...[1, 2, 3, 4, 7, 9].map((seq) => journal.bodies[seq - 1] ?? expect.fail()),
  );
  await received('leeds-1', next, 7, 7);
  await expect.poll(() => booked('leeds-1')?.at(-1), { timeout: 60_000 }).toBe(7);
  write('leeds-1.jsonl', exported(journal).slice(0, 6));
  expect((await page.perform(doubts)).commands).toBe(5);
  await expect.poll(() => booked('leeds-1')?.at(-2), { timeout: 60_000 }).toBe(6);
  expect(
    withStore(dataFolder, (store) => store.parked({ limit: 9, journalRefAfter: 0, seqAfter: 0 }).items),
  ).toEqual([]);
});

function exported(journal: TestJournal): string[] {
  return journal.bodies.map(
    (body, i) => `{"seq":${i + 1},"hash":"${journal.hashAt(i + 1)}","entry":${body.toString()}}`,
  );
}

const names = (title: string) => {
  const [, table = ''] = new RegExp(`^\\| ${title} .*?\\n\\|.*?\\n(.*?)\\n\\n`, 'ms').exec(doubts) ?? [];
  return [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
};

it('explains every kind and state of a doubt, and every code', () => {
  expect(names('kind')).toEqual([...doubtKinds]);
  expect(names('state')).toEqual([...doubtStates]);
  const errors = readFileSync(join(checkout, 'central/errors.ts'), 'utf8');
  for (const code of names('code')) expect(errors).toContain(`${code}:`);
  const settle = readFileSync(join(checkout, 'central/ledger/settle.ts'), 'utf8');
  const parked = [...doubts.matchAll(/`(salvage_\w+)`/g)].map(([, name = '']) => name);
  expect(parked.length).toBe(2);
  for (const reason of parked) expect(settle).toContain(`'${reason}'`);
});
