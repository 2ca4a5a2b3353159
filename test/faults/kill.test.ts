// I1, I2, I3, I5, I10, I15 by force: 25 SIGKILLs at random moments under load, judged by a model of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runKillCycles } from './kill-cycles.ts';

it('has every 201 in the ledger exactly once after 25 kills at random moments', {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
  const findings = await runKillCycles({ folder, cycles: 25, kiosks: 8, seed: 20261122 });
  expect(findings.wrongs).toEqual([]);
  expect(findings.told).toBeGreaterThan(100);
  expect(findings.ledgerMinor).toBe(findings.approvedMinor);
  rmSync(folder, { recursive: true });
});
