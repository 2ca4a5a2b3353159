// One reconciliation: reads the sides as they are at one moment, matches them, and brings what it found and what it books to
// the store in short pieces, so that nobody waits for it. A run that is ended in the middle does no harm: the next one
// finds the same, and posts only what is not yet posted.
import { CommandError } from '../errors.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { By } from '../people/actor.ts';
import type { Books } from './books.ts';
import { createFindingList, differencesOf, type FoundDifference, type Origins } from './differences.ts';
import type { Hearing, Transferred } from './hearing.ts';
import { match, type Reconciliation, totalsOf } from './match.ts';
import type { Transfer } from './payees.ts';
import type { Placement } from './placing.ts';
import type { RunTotal, RunView } from './port.ts';
import type { MatchRules } from './rules.ts';
import { settledOf } from './settled.ts';
import { type Heard, targetsOf } from './targets.ts';

export type RunCalls = Pick<
  LedgerPort,
  'beginRun' | 'takeDifferences' | 'takeTargets' | 'changePayout' | 'takeSettled' | 'finishPiece' | 'endRun'
>;

/** What a run reads, from one state of the database. */
export interface RunSides {
  books: Books;
  origins: Origins;
  /** What the bank should show of payees. */
  transfers: Transfer[];
  /** How many sales of each payout were told as settled before. */
  toldRows: ReadonlyMap<string, number>;
  journal: { differences: FoundDifference[]; totals: RunTotal[] };
}

export interface RunParts {
  calls: RunCalls;
  read(): RunSides;
  rules: MatchRules;
  asOfMs: number;
  by: string;
  nowMs(): number;
  rest(tookMs: number): Promise<void>;
  /** Is told what it is at. */
  progress(words: string): void;
}

const pieceMax = 250;
/** Each is a few short writes: a commit for 250 of them would cost as much as they do. */
const settledPieceMax = 1000;

/**
 * @returns the run, and how many of its differences are open now
 * @throws CommandError run_busy, as_of_in_the_past
 */
export async function runReconciliation(parts: RunParts): Promise<RunView> {
  const { calls, rules, asOfMs, by, nowMs, progress } = parts;
  const begun = await calls.beginRun({ asOfMs, by, nowMs: nowMs() });
  if (begun.kind === 'busy') {
    const hint = 'Wait for it; one that was ended in the middle is passed over after ten minutes.';
    throw new CommandError('run_busy', `run ${begun.run} is at work`, hint);
  }
  if (begun.kind === 'past') {
    const hint = 'What was late then is late now: leave --as-of out, or name a later moment.';
    throw new CommandError('as_of_in_the_past', `a run was made as of ${isoTime(begun.asOfMs)}`, hint);
  }
  const { run } = begun;
  progress('reading');
  const { books, origins, transfers, toldRows, journal } = parts.read();
  progress(
    `matching ${books.ledger.count} collected, ${books.report.count} reported, ${books.bank.length} at the bank`,
  );
  const findings = createFindingList(books);
  const heard: Hears = { arrivals: [], transferred: [], tolerated: [], bankFindings: [] };
  const hearing: Hearing = {
    finding(finding) {
      findings.add(finding);
      if (finding.bank.length > 0) heard.bankFindings.push(finding);
    },
    arrived: (arrival) => void heard.arrivals.push(arrival),
    tolerated: (difference) => void heard.tolerated.push(difference),
    transferred: (transferred) => void heard.transferred.push(transferred),
  };
  const placed = match(books, rules, asOfMs, hearing, transfers);
  progress(`${findings.count + journal.differences.length} differences`);
  const pieces = paced(parts);
  await pieces(differencesOf(books, origins, findings), (some) => calls.takeDifferences(run, some, nowMs()));
  await pieces(journal.differences, (some) => calls.takeDifferences(run, some, nowMs()));
  await pieces(targetsOf(books, origins, placed, rules, heard), (some) =>
    calls.takeTargets(run, some, nowMs()),
  );
  for (const some of settledOf(books, placed, heard.arrivals, toldRows, settledPieceMax)) {
    const startMs = performance.now();
    await calls.takeSettled(run, some, nowMs());
    // Half of it: a first run may have a million sales to tell of, and a piece is short.
    await parts.rest((performance.now() - startMs) / 2);
  }
  await takeBackReturned(parts, origins, heard.transferred);
  for (;;) {
    const startMs = performance.now();
    const { more } = await calls.finishPiece(run, nowMs());
    if (!more) break;
    await parts.rest(performance.now() - startMs);
  }
  return calls.endRun(
    run,
    [...journal.totals, ...transferTotals(transfers, placed.transfers), ...sideTotals(books, placed)],
    nowMs(),
  );
}

/** What came back from a payee is owed to it again; a payout of which that was said before stays as it is. */
async function takeBackReturned(
  { calls, nowMs }: RunParts,
  origins: Origins,
  transferred: readonly Transferred[],
): Promise<void> {
  const rules = { approveOwn: false, secondPersonAboveMinor: {} };
  for (const { transfers, entries } of transferred) {
    const [first] = entries;
    if (first === undefined) continue;
    const reason = `the bank shows it in line ${origins.bank.line.at(first)} of file ${origins.bank.file.at(first)}`;
    for (const { payout: number, way, awaited } of transfers) {
      if (way === 'out' || awaited) continue;
      const by: By = { actor: { kind: 'central', rule: 'reconciliation' }, nowMs: nowMs() };
      await calls.changePayout({ number, step: { kind: 'returned', reason }, rules }, by);
    }
  }
}

type Hears = { [Key in keyof Heard]: Heard[Key][number][] };

/** Gives the items to the store a bounded number at a time, with a rest after each. */
function paced({ rest }: RunParts) {
  return async <Item>(items: Iterable<Item>, take: (some: Item[]) => Promise<void>): Promise<void> => {
    let some: Item[] = [];
    const flush = async () => {
      if (some.length === 0) return;
      const startMs = performance.now();
      await take(some);
      some = [];
      await rest(performance.now() - startMs);
    };
    for (const item of items) {
      some.push(item);
      if (some.length === pieceMax) await flush();
    }
    await flush();
  };
}

function sideTotals(books: Books, placed: Reconciliation): RunTotal[] {
  return (['ledger', 'report', 'bank'] as const).flatMap((side) =>
    [...totalsOf(books, placed, side)].flatMap(([currency, byStatus]) =>
      [...byStatus].map(([status, { rows, amountMinor }]) => ({ side, currency, status, rows, amountMinor })),
    ),
  );
}

function transferTotals(transfers: readonly Transfer[], placed: Placement): RunTotal[] {
  const totals = new Map<string, RunTotal>();
  for (const [at, { currency, amountMinor }] of transfers.entries()) {
    const status = placed.of(at);
    if (status === undefined) continue;
    const key = `${currency} ${status}`;
    const total = totals.get(key) ?? { side: 'payout', currency, status, rows: 0, amountMinor: 0n };
    totals.set(key, { ...total, rows: total.rows + 1, amountMinor: total.amountMinor + BigInt(amountMinor) });
  }
  return [...totals.values()];
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
