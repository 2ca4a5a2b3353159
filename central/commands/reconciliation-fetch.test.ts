// Reports that a processor is asked for, as an operator asks: the program, its database, and the sandbox behind the real SDK.
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { type SandboxProcess, startSandbox } from '../processors/fixtures/sandbox.ts';
import { createStripeProcessor } from '../processors/stripe.ts';

const dayMs = 86_400_000;

let sandbox: SandboxProcess;
let desk: Desk;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.admin('POST', '/sandbox/reset');
  desk = openDesk();
  configure('fetch = ["stripe"]');
  chmodSync(desk.file('stripe.key', 'sk_test_fetch\n'), 0o600);
  desk.inStore(() => {});
  return () => desk.remove();
});

function configure(reconciliation: string, baseUrl = sandbox.url.href.slice(0, -1)): void {
  const processor = `[processors.stripe]\nadapter = "stripe"\nbaseUrl = "${baseUrl}"\nkeyFile = "stripe.key"\n`;
  desk.file(
    'central.toml',
    `dataFolder = "."\nidentityFolder = "none"\n${processor}[reconciliation]\n${reconciliation}\n`,
  );
}

/** So many sales, and three days; answers the days that the sandbox's payouts lie in. */
async function trade(sales: number): Promise<string[]> {
  const { nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock');
  const [baseUrl, clock] = [sandbox.url, { wallMs: () => nowMs }];
  const port = createStripeProcessor({
    secretKey: 'sk_test_fetch',
    webhookSecrets: [],
    baseUrl,
    callMsMax: 5000,
    clock,
  });
  for (let n = 1; n <= sales; n++) {
    const reference = `box-1.${nowMs}-${n}.charge.1`;
    const amount = { currency: 'GBP', amountMinor: 1000 + n };
    const request = { reference, idempotencyKey: reference, amount, token: 'pm_card_visa' };
    await port.charge({ ...request, take: 'authorise_and_capture' });
  }
  await sandbox.admin('POST', '/sandbox/clock/advance', { ms: 3 * dayMs });
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return ['--from', day(nowMs), '--until', day(nowMs + 4 * dayMs)];
}

const ask = (...range: string[]) =>
  desk.json('reconciliation', 'fetch', '--processor', 'stripe', ...range) as Promise<{
    fetched: { outcome: { kind: string; file: { ref: number; rows: number; repeated: number } } }[];
  }>;

it('takes the report in as a file of its own, once', async () => {
  const range = await trade(5);
  expect(await ask(...range)).toMatchObject({
    fetched: [
      {
        source: { side: 'processor', source: 'stripe' },
        outcome: { kind: 'imported', file: { format: 'stripe', rows: 6, setAside: 0, state: 'complete' } },
      },
    ],
  });
  expect(await ask(...range)).toMatchObject({ fetched: [{ outcome: { kind: 'known' } }] });
  expect((await desk.json('reconciliation', 'files')).files).toHaveLength(1);
  expect(readdirSync(join(desk.file('.'))).filter((name) => name.startsWith('report-'))).toEqual([]);
});

it('knows the rows of the CSV report of the same days again', async () => {
  const range = await trade(4);
  const [, from, , to] = range;
  const csv = await fetch(new URL(`/sandbox/reports/stripe?from=${from}&to=${to}`, sandbox.url));
  const path = desk.file('payouts.csv', await csv.text());
  await desk.json('reconciliation', 'import', '--processor', 'stripe', path);
  const { fetched } = await ask(...range);
  expect(fetched[0]?.outcome).toMatchObject({ kind: 'imported', file: { rows: 0, repeated: 5 } });
});

it('stores nothing when the processor does not give all of it, says why, and gets it the next time', async () => {
  const range = await trade(3);
  const act = { operation: 'balance_transactions.list', act: 'reset', times: 1 };
  await sandbox.admin('POST', '/sandbox/acts', act);
  const { code, stdout } = await desk.run('reconciliation', 'fetch', '--processor', 'stripe', ...range);
  expect(code).toBe(1);
  expect(stdout).toContain('FAILED report_unavailable');
  expect(stdout).toContain('connection_lost');
  expect((await desk.json('reconciliation', 'files')).files).toEqual([]);
  expect(await ask(...range)).toMatchObject({ fetched: [{ outcome: { kind: 'imported' } }] });
});

it('is part of a scheduled run, which goes on without it when it cannot be had', async () => {
  const { fetched } = await desk.json('reconciliation', 'run', '--fetch');
  expect(fetched).toMatchObject([{ source: { source: 'stripe' }, outcome: { kind: 'imported' } }]);
  configure('fetch = ["stripe"]', 'http://127.0.0.1:1');
  const away = await desk.json('reconciliation', 'run', '--fetch');
  expect(away.fetched).toMatchObject([{ outcome: { kind: 'failed', code: 'report_unavailable' } }]);
  expect(away.run).toMatchObject({ state: 'complete' });
});

it('refuses who is not configured, and a time that ends before it begins', async () => {
  const fetching = ['reconciliation', 'fetch', '--processor'];
  expect(await desk.run(...fetching, 'adyen')).toMatchObject(
    refusal(2, 'argument_malformed', '[processors]'),
  );
  expect(
    await desk.run(...fetching, 'stripe', '--from', '2026-11-08', '--until', '2026-11-01'),
  ).toMatchObject(refusal(2, 'argument_malformed', '--from'));
  expect(await desk.run('reconciliation', 'fetch', '--from', '2026-11-08')).toMatchObject(
    refusal(2, 'argument_malformed', '--processor'),
  );
  configure('fetch = ["worldpay"]');
  expect(await desk.run('reconciliation', 'run')).toMatchObject(
    refusal(2, 'config_malformed', 'reconciliation.fetch.0', '[processors.worldpay]'),
  );
});
