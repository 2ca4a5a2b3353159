// The command as a user runs it where there is no terminal.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Checkout } from '../../contract/checkout.ts';
import { isGtin } from '../../contract/gtin.ts';
import { fillBasket, readProducts, withStalePrice } from './shopping.ts';

const main = join(import.meta.dirname, 'main.ts');
const folder = join(mkdtempSync(join(tmpdir(), 'start-')), 'site');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, '--folder', folder, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** As the operators' page reads them. */
async function fleetRows(stdout: string): Promise<unknown[]> {
  const [, url] = /^central +(\S+)/m.exec(stdout) ?? [];
  const key = readFileSync(join(folder, 'operator.key'), 'utf8').trim();
  const answer = await fetch(`${url}/v1/fleet-rows`, { headers: { authorization: `Bearer ${key}` } });
  return ((await answer.json()) as { items: unknown[] }).items;
}

describe('npm start', () => {
  it('sells through a cut link and a killed appliance, and the books agree', async () => {
    const { code, stdout, stderr } = await start(
      ...['--kiosks', '8', '--seconds', '6', '--cut-after', '1', '--kill-after', '2', '--restore-after', '4'],
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/v1\/checkouts/);
    for (const event of ['link cut', 'killed with -9', 'appliance ready again', 'link restored']) {
      expect(stdout).toContain(event);
    }
    expect(stdout).toMatch(/link=cut .* pending=[1-9]/);
    expect(stdout).toContain('journal and ledger agree, entry by entry');
    for (const line of stdout.split('\n').filter((text) => /^(curl|appliance|central| {2})/.test(text))) {
      if (!line.includes(tmpdir())) expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(code).toBe(0);
  });

  it('goes on with more boxes, one cut off, stops in order on Ctrl-C, and says what still waits', async () => {
    const child = spawn(process.execPath, [main, '--folder', folder, '--appliances', '2'], { stdio: 'pipe' });
    let stdout = '';
    let rows: Promise<unknown[]> | null = null;
    child.stdout.on('data', (data) => {
      stdout += data;
      if (rows !== null || !/appliance-2 link=cut .* pending=[1-9]/.test(stdout)) return;
      rows = fleetRows(stdout).finally(() => child.kill('SIGINT'));
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(await rows).toMatchObject([
      { id: 'appliance-1', site: null },
      { id: 'appliance-2', site: 'Leeds' },
    ]);
    expect(stdout, 'with the same journal').toMatch(/appliance-1 link=up .* journal=[1-9]/);
    expect(stdout).toMatch(/opens once for you:\nhttp:\/\/127\.0\.0\.1:\d+\/#\/welcome\/[\w-]{43}\n/);
    expect(stdout).toMatch(/the link of appliance-2 cut: [1-9]\d* of \d+ entries wait in the journal/);
    expect(stdout).toContain('of what has arrived, journal and ledger agree, entry by entry');
    for (const left of ['appliance.pid', 'central.pid', 'boxes/appliance-2/appliance.pid']) {
      expect(existsSync(join(folder, left)), left).toBe(false);
    }
    expect(code).toBe(0);
  }, 180_000);

  it.each([
    [['--kiosks', '0'], /whole number from 1 to 64/],
    [['--appliances', '21'], /whole number from 1 to 20/],
    [['--seconds', 'long'], /whole number/],
    [['--colour'], /unknown option/],
  ])('refuses %j with a hint', async (args, hint) => {
    const { code, stderr } = await start(...args);
    expect(stderr).toMatch(hint);
    expect(code).toBe(2);
  });
});

describe('the sample catalogue', () => {
  const products = readProducts(join(import.meta.dirname, 'catalogue.csv'));

  it('has about forty products with different valid GTINs for restricted use', () => {
    expect(products.length).toBeGreaterThanOrEqual(40);
    expect(new Set(products.map(({ gtin }) => gtin)).size).toBe(products.length);
    for (const { gtin = '' } of products) {
      expect(isGtin(gtin)).toBe(true);
      expect(gtin).toMatch(/^2[0-9]/);
    }
  });

  it('fills baskets that satisfy the contract', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let i = 0; i < 200; i++) Checkout.parse(fillBasket(products, random));
    Checkout.parse(withStalePrice(products));
  });
});
