// The page on the fleet is true as far as words can be checked: its states, numbers and commands are the program's.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { doctorAskedForMs } from '../../central/doctor/routes.ts';
import { FleetMember } from '../../central/fleet/answers.ts';
import { metricNamed } from '../../central/fleet/series/metrics.ts';
import { levels, pointsMax } from '../../central/fleet/series/steps.ts';
import { silentAfterMs } from '../../central/fleet/silence.ts';
import { eventsKeptMs, eventsMax } from '../../central/fleet/sqlite/events.ts';
import { reportEveryMs } from '../../daemon/health/reporter.ts';
import { reportsMax } from '../../daemon/store/telemetry/telemetry.ts';

const page = readFileSync(join(resolve(import.meta.dirname), 'fleet.md'), 'utf8');

it('explains every state there is, and no other', () => {
  const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, state]) => state);
  const { options } = FleetMember.shape.state;
  expect(explained.sort()).toEqual(options.map(({ shape }) => shape.kind.value).sort());
});

it('names the times and limits that hold', () => {
  expect(reportEveryMs).toBe(30_000);
  expect(page).toContain('every half minute');
  expect(page).toContain(`${silentAfterMs / 1000} seconds`);
  expect(page).toContain(`${reportsMax.toLocaleString('en')} at most`);
});

it('names how long what was said is kept, and metrics that there are', () => {
  expect(levels.map(({ stepSeconds, keptSeconds }) => [stepSeconds, keptSeconds / 86_400])).toEqual([
    [30, 2],
    [300, 60],
    [3600, 730],
  ]);
  expect(page).toContain('Half minutes are kept for 2 days, five minutes for 60 days, hours for 2 years');
  expect(page).toContain(`${pointsMax.toLocaleString('en')} points at most`);
  expect(page).toMatch(
    new RegExp(`newest ${eventsMax.toLocaleString('en')} of a box, for ${eventsKeptMs / 86_400_000} days`),
  );
  const asked = [...page.matchAll(/--metric (\w+)/g)].map(([, name = '']) => name);
  expect(asked.map((name) => metricNamed(name)?.name)).toEqual(asked);
});

it('says how long a doctor is waited for', () => {
  expect(doctorAskedForMs).toBe(2 * 60_000);
  expect(page).toContain('nothing came within two minutes');
});
