// The page on the fleet is true as far as words can be checked: its states, numbers and commands are the program's.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { FleetMember } from '../../central/fleet/answers.ts';
import { silentAfterMs } from '../../central/fleet/silence.ts';
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
