// A box whose journal is damaged while the link is down: it sells again in the same start, says so, and once the link is back
// the ledger holds every entry that was carried over, once.
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { SalvageEntry } from '../../contract/entry.ts';
import type { Site } from '../../trial/site.ts';
import { newFolder, openShop, sell, statusOf } from '../e2e/shop.ts';
import type { Told } from './model.ts';

const received = 300;
const unreceived = 100;

async function until(
  site: Site,
  holds: (status: Awaited<ReturnType<typeof statusOf>>) => boolean,
): Promise<void> {
  for (;;) {
    const status = await statusOf(site).catch(() => null);
    if (status && holds(status)) return;
    await sleep(50);
  }
}

/** Sells with the link and without, and leaves the box as a power cut does, with its journal in this folder. */
async function sellAndKill(site: Site) {
  const told = await sell(site, received, 1);
  await until(site, ({ journal }) => journal.pending === 0);
  site.link.cut();
  told.push(...(await sell(site, unreceived, 2)));
  const { journal } = await statusOf(site);
  await site.appliance.kill();
  return { told, journal };
}

const journalOf = (folder: string) => join(folder, 'appliance', 'journal.db');

function journalBodies(folder: string): string[] {
  const db = new BetterSqlite3(journalOf(folder), { readonly: true });
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all();
  db.close();
  return bodies.map(String);
}

/** The documents of the ledger by id, with how many movements of money each has. */
function bookedMovements(folder: string): Map<string, number> {
  const db = new BetterSqlite3(join(folder, 'central', 'central.db'), { readonly: true });
  const rows = db
    .prepare<[], { body: Buffer; movements: number }>(
      `SELECT entry.body, count(movement.id) AS movements
       FROM movement JOIN entry ON entry.journal_ref = movement.journal_ref AND entry.seq = movement.seq
       WHERE movement.source = 'entry' GROUP BY entry.journal_ref, entry.seq`,
    )
    .all();
  db.close();
  const booked = new Map<string, number>();
  for (const { body, movements } of rows) {
    const { id } = JSON.parse(body.toString()) as { id: string };
    booked.set(id, (booked.get(id) ?? 0) + movements);
  }
  return booked;
}

/** Seqs in doubt as central names them to its operators. */
async function doubtsAt({ centralUrl, operatorKey }: Site): Promise<Doubt[]> {
  const headers = { Authorization: `Bearer ${operatorKey}` };
  const answer = await fetch(new URL('/v1/journals/doubts', centralUrl), { headers });
  return ((await answer.json()) as { items: Doubt[] }).items;
}

interface Doubt {
  kind: string;
  firstSeq: number;
  lastSeq: number;
}

/** What the box says after its start, and what came to central of it once the link was back. */
async function goOn(site: Site, folder: string, told: readonly Told[]) {
  await site.appliance.start();
  const after = await sell(site, 20, 3);
  const { conditions } = await statusOf(site);
  const codes = conditions.map(({ code }) => code);
  site.link.restore();
  await until(site, ({ journal }) => journal.pending === 0);
  await until(site, ({ exposure: now }) => now.totalMinor === 0).catch(() => {});
  const doubts = await doubtsAt(site);
  await site.stop();
  const [first = '', ...rest] = journalBodies(folder);
  const salvage = SalvageEntry.parse(JSON.parse(first));
  const carried = rest.slice(0, salvage.carried).map((body) => (JSON.parse(body) as { id: string }).id);
  const booked = bookedMovements(folder);
  const soldBefore = told.filter(({ id }) => carried.includes(id));
  expect(soldBefore.length).toBeGreaterThan(received / 2);
  for (const { id } of [...soldBefore, ...after]) expect(booked.get(id), id).toBe(1);
  const slips = [...told, ...after].map(({ slip }) => slip);
  expect(new Set(slips).size).toBe(slips.length);
  return { salvage, codes, doubts };
}

it('sells on after a page of its journal is spoilt, and the ledger holds what was carried once', {
  timeout: 180_000,
}, async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    const { told, journal } = await sellAndKill(site);
    const path = journalOf(folder);
    // All of it into the file, as a checkpoint does; then the page of a sale that central has not received.
    const db = new BetterSqlite3(path);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const bytes = readFileSync(path);
    const at = bytes.lastIndexOf(told.at(-10)?.id ?? '');
    bytes.fill(0xff, at - (at % 4096), at - (at % 4096) + 4096);
    writeFileSync(path, bytes);

    const { salvage, codes, doubts } = await goOn(site, folder, told);
    expect(codes).toEqual(expect.arrayContaining(['journal_salvaged', 'exposure_halved']));
    expect(salvage).toMatchObject({
      cause: 'damaged',
      receivedThrough: journal.receivedThrough,
      lastSeq: journal.lastSeq,
    });
    const lost = salvage.lost.reduce((sum, { firstSeq, lastSeq }) => sum + lastSeq - firstSeq + 1, 0);
    expect(lost).toBeGreaterThan(0);
    expect(salvage.carried).toBe(journal.lastSeq - lost);
    const named = (kind: 'lost' | 'unproven') => salvage[kind].map((range) => ({ kind, ...range }));
    expect(doubts).toMatchObject([...named('lost'), ...named('unproven')]);
    expect(readFileSync(site.appliance.logFile, 'utf8')).toContain('the journal was damaged');
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

it('learns from central’s receipt that its file fell back, ends, and salvages at the next start', {
  timeout: 180_000,
}, async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    const told = await sell(site, received, 1);
    await until(site, ({ journal }) => journal.pending === 0);
    const before = (await statusOf(site)).journal;
    await site.appliance.stop();
    const path = journalOf(folder);
    const copy = readFileSync(path);
    await site.appliance.start();
    told.push(...(await sell(site, unreceived, 2)));
    await until(site, ({ journal }) => journal.pending === 0);
    const { journal } = await statusOf(site);
    await site.appliance.kill();
    // An older copy in place of the file, as a restored backup is.
    truncateSync(`${path}-wal`, 0);
    writeFileSync(path, copy);
    await site.appliance.start();
    await expect.poll(() => site.appliance.pid(), { timeout: 30_000 }).toBeNull();

    const { salvage, doubts } = await goOn(site, folder, told);
    expect(salvage).toMatchObject({
      cause: 'fallen_back',
      receivedThrough: journal.lastSeq,
      carried: before.lastSeq,
      lost: [{ firstSeq: before.lastSeq + 1, lastSeq: journal.lastSeq }],
    });
    // Central has them all: they are lost to the box alone.
    expect(doubts).toEqual([]);
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});
