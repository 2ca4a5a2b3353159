// Any one damage to a journal, anywhere: the box sells again, what it carries over is what was written, and every entry that
// it does not carry over is named. Random, by seeds; those that once failed are kept.
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SalvageEntry } from '../../../contract/entry.ts';
import { manualClock } from '../../../kit/clock.ts';
import { UnknownSchemaError } from '../../../kit/sqlite.ts';
import type { AcceptAnswer, Command } from '../commands.ts';
import type { Store } from '../store.ts';
import {
  feedId,
  firstFeed,
  pennies,
  plentyOfSpace,
  submit,
  temporaryStore,
  uuid,
} from '../temporary-store.ts';
import { SalvageError } from './errors.ts';
import { openMended } from './open-mended.ts';
import { beganAnew, type SetAside } from './set-aside.ts';

type Damage =
  | { kind: 'bit'; file: string; at: number; bit: number }
  | { kind: 'page'; file: string; at: number; byte: number }
  | { kind: 'cut'; file: string; at: number };

const sold = 60;
const inLog = 25;
/** A box killed while it sold: a part of its entries is in the file, a part in the log. */
let template: string;
let written: string[];
let highestSlip: number;
const commands: Command[] = [];

beforeAll(() => {
  const shop = temporaryStore();
  const run = (n: number) => {
    const command =
      n % 10 === 7
        ? submit.void(n, uuid(n - 1))
        : n % 10 === 8
          ? submit.refund(n, uuid(n - 3), 1)
          : submit.checkout(n, pennies(n + 1));
    commands.push(command);
    shop.execute(command);
  };
  shop.feed({ kind: 'stock', changes: [{ sku: 'penny', change: 'set', quantity: 1_000_000 }] });
  for (let n = 1; n <= sold - inLog; n++) run(n);
  shop.reopen();
  for (let n = sold - inLog + 1; n <= sold; n++) run(n);
  template = mkdtempSync(join(tmpdir(), 'holdfast-damage-'));
  for (const name of ['journal.db', 'journal.db-wal', 'journal.id']) {
    cpSync(join(shop.folder, name), join(template, name));
  }
  // The log of the original goes when it is closed.
  written = bodiesIn(shop.folder);
  highestSlip = Math.max(...written.map((body) => JSON.parse(body).slip ?? 0));
  shop.remove();
});
afterAll(() => rmSync(template, { recursive: true }));

function bodiesIn(folder: string): string[] {
  const db = new BetterSqlite3(join(folder, 'journal.db'));
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all();
  db.close();
  return bodies.map(String);
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const file = fc.constantFrom('journal.db', 'journal.db-wal');
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('bit' as const), file, at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('page' as const), file, at: place, byte: fc.constantFrom(0, 255) }),
  fc.record({ kind: fc.constant('cut' as const), file, at: place }),
);

function spoil(folder: string, { file: name, at: share, ...how }: Damage): void {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const at = Math.floor(share * bytes.length);
  if (how.kind === 'cut') truncateSync(path, at);
  if (how.kind === 'cut') return;
  if (how.kind === 'bit') bytes[at] = (bytes[at] ?? 0) ^ (1 << how.bit);
  else bytes.fill(how.byte, at - (at % 4096), Math.min(bytes.length, at - (at % 4096) + 4096));
  writeFileSync(path, bytes);
}

/** Opens it, and asks everything that a box is asked; what it dies of must be mended by the next start. */
function sellAgain(folder: string): { setAside: SetAside | null; slip: number } {
  let setAside: SetAside | null = null;
  for (let start = 1; ; start++) {
    const opened = openMended({ folder, space: plentyOfSpace, clock: manualClock() });
    setAside = opened.setAside ?? setAside;
    try {
      return { setAside, slip: askEverything(opened.store) };
    } catch (error) {
      if (start === 4) throw error;
    } finally {
      opened.store.close();
    }
  }
}

function askEverything(store: Store): number {
  const ask = (command: Command) => store.execute([command])[0];
  ask({ kind: 'entries', afterSeq: 0, itemsMax: 1000, bytesMax: 1e7 });
  ask({ kind: 'page', beforeSeq: null, itemsMax: 100 });
  ask({ kind: 'events', seq: 0, outcome: 0, itemsMax: 1000 });
  ask({ kind: 'status' });
  for (const command of commands) ask(command);
  const stock = {
    kind: 'stock' as const,
    changes: [{ sku: 'penny', change: 'set' as const, quantity: 1_000_000 }],
  };
  ask({ kind: 'followFeed', feedId, feedHead: 3 });
  ask({ kind: 'feed', feedId, firstPosition: 1, items: [...firstFeed, stock] });
  const sale = ask(submit.checkout(99_999, pennies(3))) as AcceptAnswer;
  if (sale.kind !== 'answered' || sale.answer.verdict !== 'approved_offline') {
    return expect.fail(`it does not sell: ${JSON.stringify(sale)}`);
  }
  return sale.answer.slip ?? 0;
}

/** One damage, and what must hold after it. @returns whether a journal was begun anew */
function hold(how: Damage): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-damaged-'));
  try {
    cpSync(template, folder, { recursive: true });
    spoil(folder, how);
    const { setAside, slip } = sellAgain(folder);
    if (!setAside) return false;
    const logCut = how.file === 'journal.db-wal';
    // A log that ends early is one that was written so far, for all that a box can know.
    if (!logCut) expect(slip).toBeGreaterThan(highestSlip);
    const now = bodiesIn(folder);
    if (!beganAnew(setAside)) {
      const kept = now.slice(0, Math.min(written.length, setAside.lastSeq));
      expect(kept).toEqual(written.slice(0, kept.length));
      return false;
    }
    const entry = SalvageEntry.parse(JSON.parse(now[0] ?? ''));
    const named = new Set(
      [...entry.lost, ...entry.altered].flatMap(({ firstSeq, lastSeq }) =>
        Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i),
      ),
    );
    expect(entry.carried + named.size).toBe(entry.lastSeq);
    const expected = written.slice(0, entry.lastSeq).filter((_, i) => !named.has(i + 1));
    expect(now.slice(1, 1 + entry.carried)).toEqual(expected);
    return true;
  } catch (error) {
    // Said with what to do, and the box does not go on as if nothing were.
    if (error instanceof SalvageError || error instanceof UnknownSchemaError) return false;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('sells again after any one damage, carries what was written, and names the rest', {
  timeout: 240_000,
}, () => {
  let anew = 0;
  fc.assert(
    fc.property(damage, (how) => {
      if (hold(how)) anew++;
    }),
    {
      numRuns: Number(process.env.DAMAGES ?? 60),
      seed: Number(process.env.SEED ?? 20261129),
      endOnFailure: true,
    },
  );
  expect(anew).toBeGreaterThan(0);
});

it.each<Damage>([])('holds for %j, which once failed', (how) => {
  hold(how);
});
