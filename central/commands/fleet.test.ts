// How the boxes are, as an operator asks at a shell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { openEnrollingDesk } from '../fixtures/enrolling-desk.ts';
import { sampleReport } from '../fixtures/health.ts';
import { type Desk, refusal } from '../fixtures/program.ts';
import { openFleetFile } from '../fleet/sqlite/fleet-file.ts';

let desk: Desk;
beforeAll(async () => {
  ({ desk } = await openEnrollingDesk());
}, 30_000);
afterAll(() => desk.remove());

describe('the fleet at a shell', () => {
  it('says what to do where there is none yet', async () => {
    await desk.run('site', 'create', 'york');
    const { stdout, code } = await desk.run('fleet', 'list');
    expect(code).toBe(0);
    expect(stdout).toContain('no appliance is known');
    expect(stdout).toContain('enrolment create');
  });

  it('lists boxes that were never seen, and shows what one last said', async () => {
    await desk.run('enrolment', 'create', '--site', 'leeds', '--new-site');
    expect((await desk.run('fleet', 'list')).stdout).toMatch(/^leeds-1 {2}at leeds {2}never seen/);

    const reports = openFleetFile(desk.file('.'), { clock: manualClock(), log: silentLog });
    reports.take('leeds-1', [sampleReport], Date.now() - 5000);
    reports.close();
    expect((await desk.run('fleet', 'list')).stdout).toMatch(
      /sells, degraded {2}stock_low {2}release 0\.1\.0/,
    );
    const { stdout } = await desk.run('fleet', 'show', 'leeds-1');
    expect(stdout).toMatch(/as it said .*Z:\n {2}runs release .*\n {2}link online for 60 min, 2 outage/);
    expect(stdout).toContain('1204 entries, 0 unreceived');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await desk.json('fleet', 'show', 'leeds-1')).toMatchObject({
      state: { kind: 'degraded' },
      report: { upMs: sampleReport.upMs },
    });
  });

  it('names what is not there, and the remedy', async () => {
    expect(await desk.run('fleet', 'show', 'york-9')).toEqual(refusal(1, 'appliance_unknown', 'york-9'));
  });
});
