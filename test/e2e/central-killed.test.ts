// I5 and I10 when central dies with a backlog in its hands: what was committed is not taken twice, what was not is sent
// again.
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks } from '../faults/model.ts';
import { newFolder, openShop, sell, statusOf } from './shop.ts';

const sales = 3000;

it('receives and books a backlog exactly once though central is killed in the middle of it', async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    site.link.cut();
    const told = await sell(site, sales, 1);
    expect((await statusOf(site)).journal).toMatchObject({ lastSeq: sales, receivedThrough: 0 });

    // Slow enough that there is a middle to be killed in.
    appendFileSync(join(folder, 'central.toml'), '\n[pace]\nwindowFrames = 2\nentriesPerSecondMax = 2000\n');
    await site.central.stop();
    await site.central.start();
    site.link.restore();
    for (const reached of [sales / 4, sales / 2]) {
      await receivedThrough(site, reached);
      await site.central.kill();
      expect((await statusOf(site)).journal.pending).toBeGreaterThan(0);
      await site.central.start();
    }
    await untilSettled(site);
    await site.stop();

    const findings = checkBooks(folder, told);
    expect(findings.wrongs).toEqual([]);
    expect(findings).toMatchObject({ told: sales, entries: sales, ledgerMinor: findings.approvedMinor });
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

async function receivedThrough(site: Site, seq: number): Promise<void> {
  while ((await statusOf(site)).journal.receivedThrough < seq) await sleep(5);
}
