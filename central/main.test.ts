// The program as operators use it: real processes, exit codes, and what is said on which stream.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectAppliance } from './fixtures/appliance.ts';
import { bytesOf, checkoutEntry } from './fixtures/entries.ts';
import { temporaryFolder } from './fixtures/in-process-store.ts';
import { centralMain, holdfastCentral } from './fixtures/program.ts';

const folder = temporaryFolder();
const config = join(folder.path, 'central.toml');

type Line = Record<string, unknown>;
const running: ChildProcess[] = [];

/** Starts the service; resolves with its log lines through `ready`. */
async function run(): Promise<{ child: ChildProcess; lines: Line[]; ready: Line }> {
  const child = spawn(process.execPath, [centralMain, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines: Line[] = [];
  for await (const text of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
    const line: Line = JSON.parse(text);
    lines.push(line);
    if (line.msg === 'ready') return { child, lines, ready: line };
  }
  throw new Error('central ended before it was ready');
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

describe('holdfast-central', () => {
  beforeAll(async () => {
    const authority = join(folder.path, 'authority');
    const made = await holdfastCentral(
      'authority',
      'init',
      '--folder',
      authority,
      '--host',
      'localhost',
      '--json',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const { centralFolder } = JSON.parse(made.stdout);
    writeFileSync(
      config,
      `dataFolder = "data"\nidentityFolder = ${JSON.stringify(centralFolder)}\n[http]\nport = 0\n[broker]\nmode = "embedded"\nhost = "127.0.0.1"\nport = 0\n[log]\nlevel = "error"\n`,
    );
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => folder.remove());

  const at = (name: string) => join(folder.path, name);

  it('trades from the first command to the last: set up, run, import, sell, stop, check', async () => {
    const box = at('box-1');
    const register = ['--authority', at('authority'), '--id', 'box-1', '--site', 'Leeds', '--out', box];
    expect(await holdfastCentral('appliance', 'create', ...register, '--config', config)).toMatchObject({
      code: 0,
    });

    const { child, lines, ready } = await run();
    const operatorKey = lines.find(({ msg }) => msg === 'operator API key, shown once')?.operatorKey;
    expect(operatorKey).toMatch(/^hf_op_[\w-]{43}$/);
    const appliance = await connectAppliance(box, Number(ready.mqttPort));
    appliance.journal.append(bytesOf(checkoutEntry({ totalMinor: 1234 })));
    appliance.say('hello', appliance.journal.hello(appliance.identity.certificateDer));
    const { feedId } = (await appliance.next('welcome')).header;
    expect((await appliance.next('feed')).items).toMatchObject([{ kind: 'policy', version: 1 }]);
    appliance.say('applied', { feedId, appliedThrough: 1 });

    writeFileSync(at('products.csv'), 'sku,name,priceMinor\nA,Pen,150\n');
    const imported = await holdfastCentral(
      'catalogue',
      'import',
      at('products.csv'),
      '--config',
      config,
      '--json',
    );
    expect(JSON.parse(imported.stdout)).toMatchObject({ version: 1, products: 1, sent: 'snapshot' });
    // The running service notices by itself.
    expect((await appliance.next('feed')).items).toMatchObject([
      { kind: 'catalogue', products: [{ sku: 'A' }] },
    ]);

    appliance.publish('entries', await appliance.journal.payload(1, 1));
    expect((await appliance.next('feed')).items).toMatchObject([{ kind: 'outcome', outcome: 'booked' }]);
    const answer = await fetch(`http://127.0.0.1:${ready.httpPort}/v1/appliances/box-1`, {
      headers: { authorization: `Bearer ${operatorKey}` },
    });
    expect(await answer.json()).toMatchObject({ site: 'Leeds', journals: [{ bookedThrough: 1 }] });

    await appliance.close();
    const exit = exitOf(child);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);

    const check = await holdfastCentral('ledger', 'check', '--config', config, '--json');
    expect(check.code).toBe(0);
    expect(JSON.parse(check.stdout)).toMatchObject({ entries: 1, movements: 1, failures: [] });

    const second = await run();
    expect(second.lines.some(({ operatorKey: key }) => key !== undefined)).toBe(false);
  });

  it('imports nothing of a catalogue with a mistake, and names it', async () => {
    writeFileSync(at('bad.csv'), 'sku,name,priceMinor\nA,Pen,150\nB,,x\n');
    const result = await holdfastCentral('catalogue', 'import', at('bad.csv'), '--config', config);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('catalogue_malformed');
    expect(result.stderr).toContain('line 3, name: must not be empty');
    expect(result.stderr).toContain("line 3, priceMinor: 'x' is not a whole number");
  });

  it('sets a policy from TOML or JSON, and names what is wrong with one', async () => {
    const policy =
      'currency = "EUR"\npriceOverride = { permission = "allowed" }\ncheckout = { totalMinorMax = 1 }\nexposure = { totalMinorMax = 2 }\nunlinkedRefund = { permission = "refused", totalMinorMax = 0 }\n';
    writeFileSync(at('policy.toml'), policy);
    const set = await holdfastCentral('policy', 'set', at('policy.toml'), '--config', config, '--json');
    expect(JSON.parse(set.stdout)).toMatchObject({ version: 2, policy: { currency: 'EUR' } });
    writeFileSync(at('policy.json'), '{"currency":"euro"}');
    const bad = await holdfastCentral('policy', 'set', at('policy.json'), '--config', config);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toMatch(/policy_malformed[\s\S]*currency/);
  });

  it('does not call a ledger whole that is not there', async () => {
    const elsewhere = at('elsewhere.toml');
    writeFileSync(elsewhere, readFileSync(config, 'utf8').replace('"data"', '"nowhere"'));
    const check = await holdfastCentral('ledger', 'check', '--config', elsewhere);
    expect(check).toMatchObject({ code: 1, stdout: '' });
    expect(check.stderr).toContain('database_missing');
  });

  it('says so when its port is taken', async () => {
    const { ready } = await run();
    const second = at('second.toml');
    writeFileSync(
      second,
      readFileSync(config, 'utf8').replace('[http]\nport = 0', `[http]\nport = ${ready.httpPort}`),
    );
    const refused = await holdfastCentral('run', '--config', second);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('address_refused');
  });

  it('exits with 2 when it is called wrongly', async () => {
    const [unknown, missing] = await Promise.all([
      holdfastCentral('ledger', 'chek'),
      holdfastCentral('run', '--config', at('none.toml')),
    ]);
    expect(unknown.code).toBe(2);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('config_missing');
  });
});
