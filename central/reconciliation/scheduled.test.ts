// The schedule under a service that runs: what lies in the inbox is taken in and reconciled without anybody asking, and the
// service goes on beside it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { centralMain, holdfastCentral } from '../fixtures/program.ts';

let folder: ReturnType<typeof temporaryFolder>;
let central: ChildProcess | null = null;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  central?.kill('SIGKILL');
  folder.remove();
});

const at = (...names: string[]) => join(folder.path, ...names);

async function identity(): Promise<string> {
  const made = await holdfastCentral(
    ...['authority', 'init', '--folder', at('authority'), '--host', 'localhost', '--json'],
  );
  return JSON.parse(made.stdout).centralFolder as string;
}

/** The next minute that is far enough away for the service to have started. */
function soon(): Date {
  const at = new Date(Math.ceil((Date.now() + 10_000) / 60_000) * 60_000);
  return at;
}

it('takes in the inbox and makes a run at the minute that the schedule names, beside the service', async () => {
  const centralFolder = await identity();
  const inbox = at('inbox', 'processors', 'stripe');
  mkdirSync(inbox, { recursive: true });
  const report = join(inbox, 'payouts.csv');
  writeFileSync(
    report,
    'balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\ntxn_1,2026-11-02,gbp,2.00,0.10,1.90,charge\n',
  );
  const long = new Date(Date.now() - 60_000);
  utimesSync(report, long, long);
  const due = soon();
  const config = at('central.toml');
  writeFileSync(
    config,
    `dataFolder = "data"\nidentityFolder = ${JSON.stringify(centralFolder)}\n[http]\nport = 0\n[broker]\nmode = "embedded"
host = "127.0.0.1"\nport = 0\n[reconciliation]\ninbox = "inbox"\nschedule = "${due.getUTCMinutes()} ${due.getUTCHours()} * * *"\n`,
  );
  central = spawn(process.execPath, [centralMain, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Record<string, unknown>[] = [];
  createInterface({ input: central.stdout as NonNullable<typeof central.stdout> }).on('line', (line) =>
    said.push(JSON.parse(line)),
  );
  const line = async (message: string) => {
    for (;;) {
      const found = said.find(({ msg }) => msg === message);
      if (found) return found;
      if (central?.exitCode !== null) throw new Error(`the service ended: ${JSON.stringify(said)}`);
      await sleep(100);
    }
  };
  const { httpPort } = await line('ready');
  const { operatorKey } = await line('operator API key, shown once');
  const done = await line('the scheduled reconciliation is done');
  expect(done.said).toMatch(/payouts\.csv: file 1, 1 row, 0 set aside/);
  expect(readdirSync(inbox)).toEqual(['done']);
  const runs = await fetch(`http://127.0.0.1:${httpPort}/v1/reconciliation/runs`, {
    headers: { Authorization: `Bearer ${operatorKey}` },
  });
  expect(await runs.json()).toMatchObject({ items: [{ state: 'complete', opened: 1 }] });
  central.kill('SIGTERM');
  expect(await once(central, 'exit')).toEqual([0, null]);
}, 150_000);
