// After a replayed day: the processor's report and the bank's statement into central, a reconciliation of four sides, and its
// exceptions held against what was planted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CentralApi } from '../central-api.ts';
import type { TrialSandbox } from '../sandbox.ts';
import { centralCommand, type Site } from '../site.ts';
import { comparePlanted, type FoundException, type PlantedFault, type SetAside } from './planted.ts';

/** As central's configuration calls it. */
export const processorName = 'stripe';
const bankAccount = 'main';
const dayMs = 86_400_000;
/** So long after the day whatever has not come is missing, by the rules that hold unless told. */
const judgedAfterDays = 10;

export interface SideTotal {
  side: string;
  status: string;
  currency: string;
  rows: number;
  amountMinor: number;
}

export interface SettledDay {
  captured: Money;
  writtenOff: Money;
  /** Waits for a person: money that is not collected or not given back, and refunds without a checkout. */
  held: Money;
  planted: number;
  exceptions: number;
  sides: SideTotal[];
  differences: string[];
}
export interface Money {
  count: number;
  minor: number;
}

const Planted = z.object({
  faults: z.array(
    z.object({
      side: z.enum(['report', 'bank']),
      kind: z.string(),
      target: z.string(),
      also: z.array(z.string()),
      ourReference: z.string().nullable(),
      payout: z.string().nullable(),
    }),
  ),
});
const Clock = z.object({ nowMs: z.int() });
const Imported = z.object({ asides: z.array(z.object({ line: z.int(), text: z.string() })) });
const Run = z.object({
  run: z.object({
    totals: z.array(
      z.object({
        side: z.string(),
        status: z.string(),
        currency: z.string(),
        rows: z.int(),
        amountMinor: z.int(),
      }),
    ),
  }),
});
const Exceptions = z.object({
  items: z.array(
    z.object({
      ref: z.int(),
      status: z.string(),
      reference: z.string(),
      rows: z.array(z.object({ reference: z.string() })),
    }),
  ),
  nextCursor: z.int().nullable(),
});
const exceptionsMax = 1000;

export async function reconcileDay(
  sandbox: TrialSandbox,
  site: Site,
  central: CentralApi,
): Promise<SettledDay> {
  const config = join(site.folder, 'central.toml');
  const run = async <T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> =>
    schema.parse(JSON.parse(await centralCommand([...args, '--json'], config)));
  const take = async (name: string, text: string, ...whose: string[]): Promise<SetAside[]> => {
    const file = join(site.folder, name);
    writeFileSync(file, text);
    const { asides } = await run(Imported, 'reconciliation', 'import', ...whose, file);
    return asides.map((aside) => ({ file: name, ...aside }));
  };
  const report = await sandbox.download('/sandbox/reports/stripe');
  const statement = await sandbox.download('/sandbox/bank/camt053');
  const setAside = [
    ...(await take('report.csv', report, '--processor', processorName)),
    ...(await take('statement.xml', statement, '--bank', bankAccount)),
  ];
  const { nowMs } = Clock.parse(await sandbox.admin('GET', '/sandbox/clock'));
  const asOf = new Date(nowMs + judgedAfterDays * dayMs).toISOString();
  const { totals } = (await run(Run, 'reconciliation', 'run', '--as-of', asOf)).run;
  const { items, nextCursor } = await run(Exceptions, 'exception', 'list', '--limit', String(exceptionsMax));
  const planted: PlantedFault[] = Planted.parse(await sandbox.admin('GET', '/sandbox/faults')).faults;
  const payoutsByEntry = payoutsIn(statement);
  const found: FoundException[] = items.map(({ ref, status, reference, rows }) => ({
    ref,
    status,
    references: [reference, ...rows.map((row) => row.reference)].flatMap((name) => [
      name,
      ...(payoutsByEntry.get(name) ?? []),
    ]),
  }));
  const { unseen, unexplained } = comparePlanted(planted, found, setAside, new Set());
  const more = nextCursor === null ? [] : [`more than ${exceptionsMax} exceptions`];
  const exposure = await central.exposure();
  const sumOf = (count: 'heldCount' | 'writtenOffCount', minor: 'heldMinor' | 'writtenOffMinor'): Money => ({
    count: exposure.reduce((sum, row) => sum + row[count], 0),
    minor: exposure.reduce((sum, row) => sum + row[minor], 0),
  });
  const held = sumOf('heldCount', 'heldMinor');
  const unlinked = await central.unlinkedRefunds();
  const ledger = totals.filter(({ side }) => side === 'ledger');
  return {
    captured: {
      count: ledger.reduce((sum, { rows }) => sum + rows, 0),
      minor: ledger.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    },
    writtenOff: sumOf('writtenOffCount', 'writtenOffMinor'),
    held: { count: held.count + unlinked.count, minor: held.minor + unlinked.minor },
    planted: planted.length,
    exceptions: items.length,
    sides: totals,
    differences: [...unseen, ...unexplained, ...more],
  };
}

/** The payouts that each entry of the bank is for, by the bank's own name of the entry. */
function payoutsIn(statement: string): ReadonlyMap<string, readonly string[]> {
  const entries = statement.split('<Ntry>').slice(1);
  return new Map(
    entries.map((entry) => [
      /<AcctSvcrRef>(.*?)<\/AcctSvcrRef>/.exec(entry)?.[1] ?? '',
      [...entry.matchAll(/<EndToEndId>(.*?)<\/EndToEndId>/g)].map(([, payout = '']) => payout),
    ]),
  );
}
