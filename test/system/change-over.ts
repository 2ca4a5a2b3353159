// A box that sells gets a release from central and changes over to it, loses its power on trial, and goes on; the one after it
// cannot work, and gives way. Everything is seen from outside: central's rollout, the box's own log, the tills.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { FleetMember } from '../../central/fleet/answers.ts';
import { applianceId, type Central } from './central.ts';
import type { Guest } from './guest.ts';
import type { SignedReleases } from './releases.ts';
import type { Tills } from './tills.ts';

export interface ChangeOverParts {
  guest: Guest;
  /** Switches the same box on again. */
  power(): Promise<Guest>;
  central: Central;
  tills: Tills;
  releases: SignedReleases;
  say(line: string): void;
}

export interface ChangedOver {
  /** The box as it is now. */
  guest: Guest;
  /** What is not as it must be, a line each. */
  wrongs: string[];
  /** Of the release that works: from the rollout until it lay in a slot, tills selling at first. */
  fetchedSeconds: number;
  /** Of the release that cannot work: from the rollout until central knew that what ran before runs again. */
  gaveWaySeconds: number;
}

const Rollout = z.object({ state: z.string(), endedMs: z.number().nullable() });
const Boxes = z.object({ items: z.array(z.object({ state: z.string(), reason: z.string().nullable() })) });
const Made = z.object({ number: z.int() });

const fetchedMsMax = 900_000;
const startedMsMax = 300_000;
const endedMsMax = 600_000;
const saleMsMax = 600_000;
const salesBetween = 20;

/** @throws Error where the story cannot go on */
export async function changeOver(parts: ChangeOverParts): Promise<ChangedOver> {
  const { power, central, tills, releases, say } = parts;
  const { next, frail } = releases;
  let { guest } = parts;
  const wrongs: string[] = [];
  for (const { folder } of [next, frail])
    await central.command('release', 'add', folder, '--key', releases.keyFile);

  const began = performance.now();
  const rollout = await rollOut(central, next.name);
  say(`release ${next.name} is rolled out while tills sell`);
  await untilMore(tills);
  // Emulated it shares its processor with what is fetched.
  await tills.stop();
  await untilLogged(guest, `"release":"${next.name}".*the release is here`, fetchedMsMax);
  const fetchedSeconds = secondsSince(began);
  say(`it lies in a slot, ${fetchedSeconds.toFixed(1)} s later; ${tills.told.length} documents answered`);
  await untilLogged(guest, `"release":"${next.name}".*"ready"`, startedMsMax);
  tills.begin();
  await tills.nextSale(saleMsMax);
  say('it runs on trial, and sells');
  await guest.pullPlug();
  say('the plug is pulled before it has proved itself');
  guest = await power();
  await tills.nextSale(saleMsMax);
  say(`power on again: it sells, ${guest.seconds().toFixed(1)} s after power came`);
  wrongs.push(...(await judge(central, rollout, { state: 'done', box: 'confirmed', reason: null })));
  await untilMore(tills);
  wrongs.push(...(await judgeRunning(central, next.name)));
  say(`rollout ${rollout} is done: ${await runs(central)}`);

  const broken = performance.now();
  const bad = await rollOut(central, frail.name);
  say(`release ${frail.name}, which cannot work, is rolled out`);
  await tills.stop();
  const ended = { state: 'rolled_back', box: 'returned', reason: 'crashed_at_start' };
  wrongs.push(...(await judge(central, bad, ended)));
  const gaveWaySeconds = secondsSince(broken);
  tills.begin();
  await untilMore(tills);
  wrongs.push(...(await judgeRunning(central, next.name)));
  say(`it gave way, ${gaveWaySeconds.toFixed(1)} s later: ${await runs(central)}, and sells`);
  return { guest, wrongs, fetchedSeconds, gaveWaySeconds };
}

const secondsSince = (momentMs: number) => (performance.now() - momentMs) / 1000;

async function rollOut(central: Central, release: string): Promise<number> {
  const plan = ['--stages', 'none', '--soak-minutes', '0', '--probe', '--any-hour'];
  const printed = await central.command('rollout', 'create', '--release', release, ...plan, '--json');
  return Made.parse(JSON.parse(printed)).number;
}

/** By the newest lines of the box's own log, at its console. */
async function untilLogged(guest: Guest, pattern: string, msMax: number): Promise<void> {
  const deadline = performance.now() + msMax;
  for (;;) {
    const log = await guest.type('log');
    if (new RegExp(pattern).test(log)) return;
    if (log.includes('the release is not taken') || performance.now() > deadline)
      throw new Error(`not logged: ${pattern}; the box says:\n${log}`);
    await sleep(1000);
  }
}

async function untilMore(tills: Tills): Promise<void> {
  const enough = tills.told.length + salesBetween;
  while (tills.told.length < enough) await tills.nextSale(saleMsMax);
}

/** Waits for the rollout's end. @returns what is not as it must be */
async function judge(
  central: Central,
  number: number,
  must: { state: string; box: string; reason: string | null },
): Promise<string[]> {
  const deadline = performance.now() + endedMsMax;
  for (;;) {
    const { state, endedMs } = await central.read(`/v1/rollouts/${number}`, Rollout);
    const late = performance.now() > deadline;
    if (endedMs === null && !late) {
      await sleep(500);
      continue;
    }
    const { items } = await central.read(`/v1/rollouts/${number}/boxes`, Boxes);
    const [box] = items;
    if (state === must.state && box?.state === must.box && box.reason === must.reason) return [];
    return [`rollout ${number} is ${state}, not ${must.state}; the box ${JSON.stringify(box)}`];
  }
}

async function judgeRunning(central: Central, release: string): Promise<string[]> {
  const { release: said, report } = await central.read(`/v1/fleet/${applianceId}`, FleetMember);
  const where = report?.slots?.running;
  return said === release && where === 'a' ? [] : [`the box runs ${said} in ${where}, not ${release} in a`];
}

async function runs(central: Central): Promise<string> {
  const { release, report } = await central.read(`/v1/fleet/${applianceId}`, FleetMember);
  return `the box runs ${release} in slot ${report?.slots?.running}`;
}
