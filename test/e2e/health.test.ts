// What central says of a box, seen from both ends with real programs: it sells online, it falls silent with what that implies,
// and it is back.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { FleetMember } from '../../central/fleet/answers.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { newFolder, openShop, sell } from './shop.ts';

const waitMsMax = 60_000;

it('is heard to sell, is missed when its link is cut, and is heard again', { timeout: 180_000 }, async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    await sell(site, 20, 7);
    const selling = await until(site, ({ report }) => report !== null);
    expect(selling).toMatchObject({ connected: true, release: '0.1.0', state: { kind: 'selling_online' } });
    expect(selling.report?.machine.diskFreeBytes).toBeGreaterThan(0);
    expect(selling.report?.process.residentBytes).toBeGreaterThan(10_000_000);
    const { journal, certificateEndsMs, verdicts, reasons } = selling.report ?? {};
    expect(journal?.bytes).toBeGreaterThan(4096);
    expect(certificateEndsMs).toBeGreaterThan(Date.now());
    expect({ verdicts, reasons }).toEqual({ verdicts: expect.any(Object), reasons: expect.any(Object) });

    site.link.cut();
    await sell(site, 5, 8);
    const missed = await until(site, ({ connected }) => connected === false);
    // Within its hundred seconds a box is not called silent, and what it said is still the last known.
    expect(missed.state.kind).toBe('selling_online');
    expect(missed.report?.upMs).toBe(selling.report?.upMs);

    await site.appliance.kill();
    site.link.restore();
    await site.appliance.start();
    const before = selling.report?.journal.lastSeq ?? 0;
    const back = await until(site, ({ report }) => {
      const { lastSeq, receivedThrough } = report?.journal ?? { lastSeq: 0, receivedThrough: 0 };
      return lastSeq >= before + 5 && receivedThrough === lastSeq;
    });
    expect(back.report?.journal.oldestUnreceivedMs).toBeNull();
    expect(back.report?.at.wallMs).toBeGreaterThan(selling.report?.at.wallMs ?? 0);
    const shown = await centralCommand(['fleet', 'show', site.applianceId], join(folder, 'central.toml'));
    for (const words of [
      /runs release 0\.1\.0 for/,
      /journal .* MB$/m,
      /certificate until .* days$/m,
      /clock -?\d+ ms off/,
    ]) {
      expect(shown).toMatch(words);
    }
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

async function until(site: Site, holds: (member: FleetMember) => boolean): Promise<FleetMember> {
  const endMs = Date.now() + waitMsMax;
  for (;;) {
    const answer = await fetch(`${site.centralUrl}/v1/fleet/${site.applianceId}`, {
      headers: { authorization: `Bearer ${site.operatorKey}` },
    });
    const member = (await answer.json()) as FleetMember;
    if (holds(member)) return member;
    if (Date.now() > endMs) return expect.fail(JSON.stringify(member));
    await sleep(100);
  }
}
