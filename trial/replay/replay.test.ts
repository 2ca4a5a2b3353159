// The command as a user runs it, on a small made-up day with every oddity.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
const sample = join(import.meta.dirname, 'day.sample.csv');

function replay(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('npm run replay', () => {
  it('sells the day through an outage and two kills, and the books balance', async () => {
    const { code, stdout, stderr } = await replay(
      '--json',
      '--kiosks',
      '3',
      '--outage',
      '30-60',
      '--kill',
      '2',
      sample,
    );
    expect(stderr).toBe('');
    const { seconds, ...result } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(result).toEqual({
      files: 1,
      invoices: 15,
      checkouts: 5,
      refunds: 1,
      rejected: {
        invoice_nothing_to_sell: 9,
        row_above_limit: 1,
        row_malformed: 3,
        row_price_not_positive: 3,
        row_price_too_fine: 1,
        row_quantity_not_positive: 2,
        row_sku_unusable: 1,
      },
      journalTotalMinor: 3405 + 1440 + 298 + 3300 + 1600,
      ledgerTotalMinor: 3405 + 1440 + 298 + 3300 + 1600,
      refundTotalMinor: 630,
      entries: 6,
      duplicates: 0,
      missing: 0,
      balanced: true,
    });
    expect(seconds).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it('charges the day at a sandbox where all goes wrong that can, and finds what was planted and no more', async () => {
    const { code, stdout, stderr } = await replay(
      '--json',
      ...['--processor', 'stripe-sandbox', '--faults', 'all'],
      sample,
    );
    expect(stderr).toBe('');
    const { balanced, settled, journalTotalMinor } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect({ balanced, code }).toEqual({ balanced: true, code: 0 });
    expect(settled.planted).toBeGreaterThan(0);
    // A kiosk may have been told of a stolen card: that is no sale.
    expect(settled.capturedMinor + settled.writtenOffMinor).toBe(journalTotalMinor);
  }, 180_000);

  it.each([
    [['--faults', 'all', sample], /--faults needs --processor/],
    [['--outage', '60-30', sample], /smaller first/],
    [['--kill', 'often', sample], /whole number from 0 to 100/],
    [[], /missing required argument/],
    [['days/missing.csv'], /input_unusable.*\n.*Name files that exist/],
  ])('refuses %j with a hint', async (args, hint) => {
    const { code, stderr } = await replay(...args);
    expect(stderr).toMatch(hint);
    expect(code).toBe(2);
  });

  it('explains itself', async () => {
    const { code, stdout } = await replay('--help');
    expect(stdout).toContain('npm run replay -- --kiosks 8 --outage 30-60 --kill 5 days/2010-12-01.csv');
    expect(code).toBe(0);
  });
});
