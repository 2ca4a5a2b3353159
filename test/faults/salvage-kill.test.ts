// Killed between any two steps of a salvage, or failing there: the next start comes to the same end, and nothing of the damaged
// journal is gone.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { mendJournal } from '../../daemon/store/salvage/mend.ts';
import { openMended } from '../../daemon/store/salvage/open-mended.ts';
import { pennies, plentyOfSpace, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';
import { manualClock } from '../../kit/clock.ts';

const stepsMax = 30;
const sold = 40;
const program = join(import.meta.dirname, 'salvage-process.ts');
const clock = manualClock();
let template: string;
let folder: string;
let damaged: Buffer;

beforeAll(() => {
  const shop = temporaryStore();
  shop.execute(...Array.from({ length: sold }, (_, n) => submit.checkout(n + 1, pennies(n + 1))));
  shop.close();
  template = mkdtempSync(join(tmpdir(), 'holdfast-salvage-'));
  cpSync(shop.folder, template, { recursive: true });
  shop.remove();
  const path = join(template, 'journal.db');
  damaged = readFileSync(path);
  const at = damaged.indexOf('"totalMinor":30');
  damaged.fill(0xff, at - (at % 4096), at - (at % 4096) + 4096);
  writeFileSync(path, damaged);
});
afterAll(() => rmSync(template, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-salvage-'));
  cpSync(template, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function killedAfter(step: number): { kind: string; at?: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, folder, String(step)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout.trim());
}

/** What a start makes of the folder: the kinds and ids of its entries, and which files lie in it. */
function startOver() {
  const { store } = openMended({ folder, space: plentyOfSpace, clock });
  const [sale] = store.execute([submit.checkout(500, pennies(5))]);
  expect(sale).toMatchObject({ kind: 'answered', answer: { verdict: 'approved_offline', slip: sold + 1 } });
  store.close();
  const db = new BetterSqlite3(join(folder, 'journal.db'), { readonly: true });
  const bodies = db.prepare<[], Buffer>('SELECT body FROM entry ORDER BY seq').pluck().all().map(String);
  db.close();
  const aside = readdirSync(folder).filter((name) => /damaged-\d+$/.test(name));
  expect(aside).toHaveLength(1);
  expect(readFileSync(join(folder, aside[0] ?? '')).equals(damaged)).toBe(true);
  expect(readdirSync(folder).filter((name) => /suspect|salvag|unrolled/.test(name))).toEqual([]);
  const [first = '', ...rest] = bodies;
  const { lost, carried, kind } = JSON.parse(first);
  return { begins: { kind, lost, carried }, carried: rest.slice(0, carried) };
}

it('comes to the same end whichever step it is killed after', { timeout: 120_000 }, () => {
  const undisturbed = startOver();
  expect(undisturbed.begins.kind).toBe('salvage');
  const seen: string[] = [];
  for (let step = 1; step <= stepsMax; step++) {
    rmSync(folder, { recursive: true });
    cpSync(template, folder, { recursive: true });
    const end = killedAfter(step);
    if (end.kind === 'ended') break;
    seen.push(end.at ?? '');
    expect(startOver(), `killed after '${end.at}'`).toEqual(undisturbed);
  }
  expect(seen).toEqual([
    'begun',
    'reckoned',
    'schema made',
    'tables copied',
    'entries carried',
    'filled',
    'made',
    'set aside',
    'renamed',
    'noted',
    'done',
  ]);
});

it('that fails says so by name at every start, changes nothing, and is tried again when somebody asks', () => {
  const fail = (at: string) => (step: string) => {
    if (step === at) throw new Error('the disk has had enough');
  };
  const mend = (more: object = {}) => mendJournal({ folder, clock, ...more });
  expect(() => mend({ onStep: fail('entries carried') })).toThrow(/^salvage_failed: .*had enough/);
  expect(() => mend()).toThrow(/^salvage_failed: .*had enough/);
  expect(readFileSync(join(folder, 'journal.db')).equals(damaged)).toBe(true);
  expect(mend({ asked: true })).toMatchObject({ cause: 'damaged' });
  startOver();
});

it('that never ends is begun five times and no more', () => {
  for (let n = 1; n <= 5; n++) expect(killedAfter(2)).toMatchObject({ kind: 'killed', at: 'reckoned' });
  expect(() => mendJournal({ folder, clock })).toThrow(/^salvage_failed: .*begun 5 times/);
  expect(readFileSync(join(folder, 'journal.db')).equals(damaged)).toBe(true);
});
