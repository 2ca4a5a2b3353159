// npm run bench:reconcile — a settlement file of a million rows from the disk, through the commands that people use: imported,
// matched against as many charges that central made and as many checkouts, with what differs made exceptions. Both commands
// are processes of their own; their memory is the most that the kernel saw of either.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { centralMain } from '../central/fixtures/program.ts';
import { type Collected, chargeId, chargeReference, collect } from '../central/fixtures/reports/collected.ts';
import { databasePath, openDatabase } from '../central/ledger/sqlite/open.ts';
import { report, round, say } from './report.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rows: { type: 'string', default: '1000000' } },
});
const rows = Number(values.rows);
const rowsAPayout = 10_000;
/** One row in so many is lacking, another one is of another amount. */
const spoiltEvery = 10_000;
const soldMs = Date.UTC(2026, 10, 2);
const asOf = '2026-11-20';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const config = join(folder, 'central.toml');
writeFileSync(config, 'dataFolder = "."\nidentityFolder = "none"\n');

try {
  say(`writing ${rows} charges and their report`);
  fillLedger();
  const csv = await writeReport();
  const statement = writeStatement();
  const imported = await command('reconciliation', 'import', '--processor', 'stripe', csv);
  say(`imported in ${imported.seconds} s with ${imported.peakMB} MB`);
  const bank = await command('reconciliation', 'import', '--bank', 'main', statement);
  const first = await command('reconciliation', 'run', '--as-of', asOf);
  say(`reconciled in ${first.seconds} s with ${first.peakMB} MB`);
  const again = await command('reconciliation', 'run', '--as-of', asOf);
  const { run, open } = JSON.parse(first.stdout);
  const exceptions = open.reduce((sum: number, one: { exceptions: number }) => sum + one.exceptions, 0);
  say(
    `${exceptions} exceptions of ${2 * Math.floor(rows / spoiltEvery)} planted, ${run.movements} movements`,
  );
  await report(
    'reconcile',
    {
      reconcileSeconds: round(imported.seconds + bank.seconds + first.seconds),
      reconcilePeakMB: Math.max(imported.peakMB, first.peakMB),
    },
    {
      rows,
      csvMB: round(statSync(csv).size / 1e6),
      databaseMB: round(statSync(databasePath(folder)).size / 1e6),
      import: { seconds: imported.seconds, peakMB: imported.peakMB },
      run: { seconds: first.seconds, peakMB: first.peakMB },
      again: { seconds: again.seconds, peakMB: again.peakMB },
      exceptions,
      movements: run.movements,
    },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function isLacking(n: number): boolean {
  return n % spoiltEvery === 17;
}

function amountOf(n: number): number {
  return 100 + ((n * 7919) % 9000);
}

function fillLedger(): void {
  const db = openDatabase(databasePath(folder));
  try {
    collect(db, charges());
  } finally {
    db.close();
  }
}

function* charges(): Generator<Collected> {
  for (let n = 0; n < rows; n++) yield { n, amountMinor: amountOf(n), atMs: soldMs + n };
}

function reportedMinor(n: number): number {
  return amountOf(n) + (n % spoiltEvery === 23 ? 1 : 0);
}

async function writeReport(): Promise<string> {
  const path = join(folder, 'payouts.csv');
  const out = createWriteStream(path);
  const columns =
    'balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description,payment_intent_id,charge_id,automatic_payout_id,payment_metadata[holdfast_reference]';
  out.write(`${columns}\n`);
  const pounds = (minor: number) => (minor / 100).toFixed(2);
  for (let from = 0; from < rows; from += rowsAPayout) {
    const payout = payoutName(from);
    const lines: string[] = [];
    for (let n = from; n < Math.min(from + rowsAPayout, rows); n++) {
      if (isLacking(n)) continue;
      const minor = reportedMinor(n);
      const charge = `ch_${String(n * 31).padStart(24, '0')}`;
      lines.push(
        `txn_${String(n * 17).padStart(24, '0')},2026-11-02 10:00:00,2026-11-04 00:00:00,gbp,${pounds(minor)},0.10,${pounds(minor - 10)},charge,${charge},,${chargeId(n)},${charge},${payout},${chargeReference(n)}`,
      );
    }
    const paid = pounds(-payoutMinor(from));
    lines.push(
      `txn_${payout},2026-11-03 10:00:00,2026-11-04 00:00:00,gbp,${paid},0.00,${paid},payout,${payout},,,,${payout},`,
    );
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return path;
}

function payoutName(from: number): string {
  return `po_${String(from).padStart(16, '0')}`;
}

function payoutMinor(from: number): number {
  let sum = 0;
  for (let n = from; n < Math.min(from + rowsAPayout, rows); n++) {
    if (!isLacking(n)) sum += reportedMinor(n) - 10;
  }
  return sum;
}

function writeStatement(): string {
  const path = join(folder, 'statement.sta');
  const money = (minor: number) => `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')}`;
  const lines: string[] = [];
  let sum = 0;
  for (let from = 0; from < rows; from += rowsAPayout) {
    const minor = payoutMinor(from);
    sum += minor;
    lines.push(`:61:2611041104C${money(minor)}NTRFNONREF//B${from}`, `:86:STRIPE ${payoutName(from)}`);
  }
  const day = '261104GBP';
  const head = [':20:S1', ':25:GB33BUKB20201555555555', ':28C:1', `:60F:C261103GBP0,`];
  writeFileSync(path, `${[...head, ...lines, `:62F:C${day}${money(sum)}`].join('\n')}\n`);
  return path;
}

async function command(...args: string[]): Promise<{ seconds: number; peakMB: number; stdout: string }> {
  const startMs = performance.now();
  // As `npm run holdfast-central` starts it.
  const flags = [
    '--v8-pool-size=1',
    '--expose-gc',
    '--initial-old-space-size=64',
    '--no-memory-protection-keys',
  ];
  const child = spawn(process.execPath, [...flags, centralMain, ...args, '--config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let peakKB = 0;
  const look = setInterval(() => {
    peakKB = Math.max(peakKB, peakOf(child.pid ?? 0));
  }, 20);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with code ${code}`);
  const seconds = round((performance.now() - startMs) / 1000);
  return { seconds, peakMB: round(peakKB / 1024, 0), stdout: Buffer.concat(chunks).toString() };
}

/** The most memory that the process ever had, by the kernel's own count. */
function peakOf(pid: number): number {
  try {
    const [, peak = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(peak);
  } catch {
    return 0;
  }
}
