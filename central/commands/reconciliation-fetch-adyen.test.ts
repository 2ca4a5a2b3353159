// Adyen's settlement detail reports as an operator fetches them: the program, its database and inbox, and the sandbox that
// closes batches and hands their reports out.
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { type SandboxProcess, startSandbox } from '../processors/fixtures/sandbox.ts';

let sandbox: SandboxProcess;
let desk: Desk;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.admin('POST', '/sandbox/reset');
  await sandbox.admin('PUT', '/sandbox/adyen/report-user', { username: 'report', password: 'right' });
  desk = openDesk();
  configure();
  const secrets = {
    'adyen.key': 'test_fetch',
    'adyen.hmac': '44782DEF547AAA06C910C43932B1EB0C',
    'adyen.report': 'report:right',
    'adyen.wrong': 'report:wrong',
  };
  for (const [name, secret] of Object.entries(secrets)) chmodSync(desk.file(name, `${secret}\n`), 0o600);
  desk.inStore(() => {});
  return () => desk.remove();
});

interface Manner {
  reports?: string | null;
  inbox?: string;
}
function configure({ reports = '', inbox = 'inbox = "inbox"\n' }: Manner = {}): void {
  const base = `${sandbox.url.href}reports/download`;
  const table = reports ?? '';
  const told = `[processors.adyen.reports]\nbaseUrl = "${base}"\nuserFile = "adyen.report"\n${table}`;
  desk.file(
    'central.toml',
    `dataFolder = "."\nidentityFolder = "none"\n[processors.adyen]\nadapter = "adyen"\nbaseUrl = "${sandbox.url.href.slice(0, -1)}"
merchantAccount = "HoldfastLeeds"\nshopperReference = "leeds-1"\nkeyFile = "adyen.key"\nwebhookSecretFiles = ["adyen.hmac"]\ncallMsMax = 2000
${reports === null ? '' : told}\n[reconciliation]\n${inbox}fetch = ["adyen"]\n`,
  );
}

let sales = 0;
/** A sale, and the batch that it is settled in. */
async function settle(how: object = {}): Promise<void> {
  const payment = {
    ...{
      merchantAccount: 'HoldfastLeeds',
      reference: `box-1.sale-${++sales}.charge.1`,
      captureDelayHours: 0,
    },
    ...{ amount: { currency: 'GBP', value: 1000 + sales }, shopperReference: 'leeds-1' },
    paymentMethod: { storedPaymentMethodId: 'M5N7TQ4TG5PFWR50' },
    ...{ shopperInteraction: 'ContAuth', recurringProcessingModel: 'UnscheduledCardOnFile' },
  };
  const headers = { 'X-API-Key': 'test_any', 'Content-Type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(payment) };
  expect((await fetch(new URL('/v72/payments', sandbox.url), init)).status).toBe(200);
  await sandbox.admin('POST', '/sandbox/adyen/settlements', how);
}
const act = (name: string) =>
  sandbox.admin('POST', '/sandbox/acts', { operation: 'adyen.reports', act: name, times: 1 });

interface Fetched {
  name: string;
  outcome: { kind: string; code?: string; message?: string; file?: { format: string; rows: number } };
}
const asking = ['reconciliation', 'fetch', '--processor', 'adyen'];
const ask = async (...more: string[]): Promise<Fetched[]> => (await desk.json(...asking, ...more)).fetched;
const kinds = (fetched: Fetched[]) => fetched.map(({ name, outcome }) => [batchIn(name), outcome.kind]);
const batchIn = (name: string) => Number(/batch_(\d+)/.exec(name)?.[1]);
const folder = (...names: string[]) => desk.file(['inbox', 'processors', 'adyen', ...names].join('/'));
const isEmpty = (path: string) => !existsSync(path) || readdirSync(path).length === 0;
const known = async () => (await desk.json('reconciliation', 'files')).files.length;

describe("Adyen's reports", () => {
  it('are fetched in the order of their batches until one is not there, each once, and kept', async () => {
    for (let batch = 1; batch <= 3; batch++) await settle();
    const first = await ask();
    expect(kinds(first)).toEqual([
      [1, 'imported'],
      [2, 'imported'],
      [3, 'imported'],
    ]);
    expect(first[0]).toMatchObject({
      source: { side: 'processor', source: 'adyen' },
      outcome: { file: { format: 'adyen', rows: 2, setAside: 0, state: 'complete' } },
    });
    expect(await ask()).toEqual([]);
    expect((await desk.run(...asking)).stdout).toBe('adyen has no new report.\n');
    await settle();
    expect(kinds(await ask())).toEqual([[4, 'imported']]);
    expect(readdirSync(folder())).toEqual(['done']);
    expect(readdirSync(folder('done'))).toHaveLength(4);
  });

  it('are known again when one was brought by hand, or is asked for twice by its number', async () => {
    await settle();
    expect(kinds(await ask('--batch', '1'))).toEqual([[1, 'imported']]);
    expect(kinds(await ask('--batch', '1'))).toEqual([[1, 'known']]);
    expect(await ask()).toEqual([]);
    expect(await known()).toBe(1);
  });

  it('that are announced before others are here are fetched, and those before them too', async () => {
    for (let batch = 1; batch <= 3; batch++) await settle();
    configure({ reports: 'firstBatch = 1\n' });
    expect(kinds(await ask('--batch', '3'))).toEqual([[3, 'imported']]);
    expect(kinds(await ask())).toEqual([
      [2, 'imported'],
      [1, 'imported'],
    ]);
  });

  it('begin where the configuration says, or with the first that is here', async () => {
    for (let batch = 1; batch <= 4; batch++) await settle();
    expect(kinds(await ask('--batch', '3'))).toEqual([[3, 'imported']]);
    expect(kinds(await ask())).toEqual([[4, 'imported']]);
  });

  it('that are not there yet come when they are', async () => {
    await settle({ availableAfterMs: 60_000 });
    expect(await ask()).toEqual([]);
    const { code, stdout } = await desk.run(...asking, '--batch', '1');
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED report_unavailable');
    expect(stdout).toContain('not_there');
    await sandbox.admin('POST', '/sandbox/clock/advance', { ms: 60_000 });
    expect(kinds(await ask())).toEqual([[1, 'imported']]);
  });

  it.each([
    ['half_answer', 'connection_lost'],
    ['hang', 'timed_out'],
    ['answer_500', 'processor_failed'],
  ])('leave nothing behind when a download ends in %s, and come the next time', async (name, code) => {
    await settle();
    await act(name);
    const failed = await desk.run(...asking);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain(
      `FAILED report_unavailable: the processor did not give the whole report (${code})`,
    );
    expect(await known()).toBe(0);
    expect(isEmpty(folder())).toBe(true);
    expect(kinds(await ask())).toEqual([[1, 'imported']]);
  });

  it('that come slowly are taken as they are', async () => {
    await settle();
    await act('slow_1000');
    expect(kinds(await ask())).toEqual([[1, 'imported']]);
  });

  it('that are no report are kept aside with their reason, and asked for again', async () => {
    await settle();
    await act('garbage');
    expect(kinds(await ask().catch(() => []))).toEqual([]);
    expect(readdirSync(folder('failed'))).toHaveLength(2);
    expect(kinds(await ask())).toEqual([[1, 'imported']]);
  });

  it('with rows that cannot be read are taken, and those rows set aside', async () => {
    await settle({ faults: ['malformed'] });
    expect(await ask()).toMatchObject([{ outcome: { kind: 'imported', file: { rows: 1, setAside: 1 } } }]);
  });

  it('are part of a scheduled run, which goes on without them when they cannot be had', async () => {
    mkdirSync(desk.file('inbox'));
    await settle();
    const { fetched } = await desk.json('reconciliation', 'run', '--fetch');
    expect(fetched).toMatchObject([{ source: { source: 'adyen' }, outcome: { kind: 'imported' } }]);
    chmodSync(desk.file('adyen.report', 'report:wrong\n'), 0o600);
    const refused = await desk.json('reconciliation', 'run', '--fetch');
    expect(refused.fetched).toMatchObject([
      { outcome: { kind: 'failed', message: expect.stringContaining('credentials_refused') } },
    ]);
    expect(refused.run).toMatchObject({ state: 'complete' });
  });

  it('lie in the data folder where no inbox is configured', async () => {
    configure({ inbox: '' });
    await settle();
    expect(kinds(await ask())).toEqual([[1, 'imported']]);
    expect(readdirSync(folder('done'))).toEqual(['settlement_detail_report_batch_1.csv']);
  });

  it('are refused with a remedy where nothing says where they are, or they are asked for by a time', async () => {
    expect(await desk.run(...asking, '--from', '2026-11-01')).toMatchObject(
      refusal(2, 'argument_malformed', '--batch'),
    );
    expect(await desk.run(...asking, '--from', '2026-11-01', '--batch', '1')).toMatchObject(
      refusal(2, 'argument_malformed', '--batch'),
    );
    expect(await desk.run('reconciliation', 'fetch', '--batch', '1')).toMatchObject(
      refusal(2, 'argument_malformed', '--processor'),
    );
    configure({ reports: null });
    expect(await desk.run(...asking)).toMatchObject(
      refusal(2, 'config_malformed', 'reconciliation.fetch.0', 'set reports'),
    );
  });
});
