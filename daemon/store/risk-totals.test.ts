// Running totals against a list that is counted again each time: windows are exact, whatever is voided, swept or rolled back.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { prepare } from '../../kit/sqlite.ts';
import { openDatabase } from './database.ts';
import { openRiskTotals, type RiskTotals, takeBackMsMax } from './risk-totals.ts';
import { temporaryFolder } from './temporary-store.ts';

const dayMs = 24 * 60 * 60_000;
const windowMsMax = limits.velocityWindowMinutesMax * 60_000;
let folder: string;
let db: ReturnType<typeof openDatabase>;
let totals: RiskTotals;
beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(folder);
  totals = openRiskTotals(db);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const after = (key: string, ms: number) => totals.after(key, ms);
const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
const nothing = { count: 0, totalMinor: 0 };
/** Goes through all rows, however many pieces that takes. */
const sweepAll = (nowMs: number) => {
  for (let i = 0; i < 20; i++) totals.sweep(nowMs);
};

describe('running totals', () => {
  it('hold within a window what came after its first moment', () => {
    for (const ms of [100, 200, 200, 300]) totals.add('fa', ms, 10);
    totals.add('fb', 250, 99);
    expect([99, 100, 199, 200, 299, 300].map((ms) => after('fa', ms).count)).toEqual([4, 3, 3, 1, 1, 0]);
    expect(after('fa', 199)).toEqual({ count: 3, totalMinor: 30 });
    expect(after('fc', 0)).toEqual({ count: 0, totalMinor: 0 });
  });

  it('take back a void within its time, where the approval stood, and no later', () => {
    totals.add('fa', 100, 10);
    totals.add('fa', 200, 20);
    totals.takeBack('fa', 100, 100 + takeBackMsMax, 10);
    expect([after('fa', 0), after('fa', 100)]).toEqual([
      { count: 1, totalMinor: 20 },
      { count: 1, totalMinor: 20 },
    ]);
    totals.takeBack('fa', 200, 201 + takeBackMsMax, 20);
    expect(after('fa', 0)).toEqual({ count: 1, totalMinor: 20 });
  });

  it('are swept down to what windows may hold and to one row for the card, and that too once it is forgotten', () => {
    for (let i = 0; i < 200; i++) totals.add('fa', i, 1);
    totals.save();
    sweepAll(windowMsMax + 500);
    expect([count('risk_approval'), count('risk_total'), after('fa', 200)]).toEqual([1, 1, nothing]);
    expect(totals.all('fa')).toMatchObject({ count: 200, totalMinor: 200 });
    totals.add('fa', windowMsMax + 600, 5);
    expect(after('fa', 500)).toEqual({ count: 1, totalMinor: 5 });
    sweepAll(402 * dayMs + windowMsMax);
    expect([count('risk_total'), totals.all('fa')]).toEqual([0, null]);
  });

  it('find the beginning of a window in a few steps, however long the chain, also after the file was opened again', () => {
    const all = 20_000;
    db.transaction(() => {
      for (let i = 1; i <= all; i++) totals.add('k', i, 1);
      totals.save();
    })();
    let steps = 0;
    const counting = new BetterSqlite3(db.name, { verbose: () => void steps++ });
    totals = openRiskTotals(counting);
    const stepsMax = [0, 1, 2, 777, 10_000, 16_383, all - 1].map((ms) => {
      steps = 0;
      expect(after('k', ms)).toEqual({ count: all - ms, totalMinor: all - ms });
      return steps;
    });
    counting.close();
    // Four times the logarithm of 20,000 (14.3).
    expect(Math.max(...stepsMax)).toBeLessThan(58);
  });

  it('are carried over from a release that kept them by card (I16)', () => {
    const migrations = join(folder, 'migrations');
    mkdirSync(migrations);
    const known = join(import.meta.dirname, 'migrations');
    for (const name of readdirSync(known)) {
      if (name < '0005') copyFileSync(join(known, name), join(migrations, name));
    }
    mkdirSync(join(folder, 'before'));
    const before = new BetterSqlite3(join(folder, 'before', 'journal.db'));
    prepare(before, migrations, 0x48464150);
    // The first of a card may stand for many that were swept away.
    before.exec(`INSERT INTO risk_total (key, at_ms, count, total_minor)
      VALUES ('fa', 100, 7, 70), ('fa', 300, 8, 90), ('fa', 301, 10, 91), ('fb', 200, 1, 5)`);
    before.close();
    db.close();
    db = openDatabase(join(folder, 'before'));
    totals = openRiskTotals(db);
    expect([totals.all('fa')?.count, totals.all('fb')?.count]).toEqual([10, 1]);
    expect([after('fa', 100), after('fa', 300), after('fb', 199), after('fb', 200)]).toEqual([
      { count: 3, totalMinor: 21 },
      { count: 2, totalMinor: 1 },
      { count: 1, totalMinor: 5 },
      nothing,
    ]);
    totals.add('fa', 400, 9);
    expect(after('fa', 300)).toEqual({ count: 3, totalMinor: 10 });
  });

  it('never give a number out again that others may point to', () => {
    totals.add('fa', 1, 1);
    totals.add('fb', 2, 1);
    totals.save();
    sweepAll(windowMsMax + 500);
    totals = openRiskTotals(db);
    for (let i = 0; i < 3; i++) totals.add('fb', windowMsMax + 600, 1);
    expect([after('fa', 0), after('fb', 500).count]).toEqual([nothing, 3]);
  });

  it('are exact over every window, whatever comes, is taken back and swept in between', () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('add' as const),
          key: fc.constantFrom('fa', 'fb'),
          minor: fc.integer({ min: 1, max: 50 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('void' as const), which: fc.nat(9) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('wait' as const),
          ms: fc.constantFrom(1, 1000, takeBackMsMax, dayMs, 20 * dayMs),
        }),
      },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'sweep' as const }, { kind: 'reopen' as const }) },
    );
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const model = createModel(`${run++} `);
        for (const one of steps) model.play(one);
      }),
      { numRuns: 100 },
    );
  });
});

type Step =
  | { kind: 'add'; key: string; minor: number }
  | { kind: 'void'; which: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'sweep' }
  | { kind: 'reopen' };

/** A list of approvals beside the totals; both are compared after each step. */
function createModel(prefix: string) {
  const list: { key: string; atMs: number; minor: number }[] = [];
  let now = 0;
  const steps: { [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => void } = {
    wait({ ms }) {
      now += ms;
    },
    sweep: () => sweepAll(now),
    add({ key, minor }) {
      list.push({ key: prefix + key, atMs: now, minor });
      totals.add(prefix + key, now, minor);
    },
    reopen() {
      totals.save();
      totals = openRiskTotals(db);
    },
    void({ which }) {
      const voided = list[which];
      if (!voided) return;
      totals.takeBack(voided.key, voided.atMs, now, voided.minor);
      if (now - voided.atMs <= takeBackMsMax) list.splice(which, 1);
    },
  };
  const compare = (key: string, windowMs: number) => {
    const within = list.filter((approval) => approval.key === key && approval.atMs > now - windowMs);
    const totalMinor = within.reduce((sum, { minor }) => sum + minor, 0);
    expect(after(key, now - windowMs)).toEqual({ count: within.length, totalMinor });
  };
  return {
    play(step: Step) {
      steps[step.kind](step as never);
      for (const key of ['fa', 'fb']) {
        for (const windowMs of [1, takeBackMsMax, dayMs, windowMsMax]) compare(prefix + key, windowMs);
      }
    },
  };
}
