// npm run bench:fleet: what a fleet costs central, and whoever looks at it. Ten thousand boxes say every half minute how they are while
// two hundred of them sell: processor time of central with and without the reports, and with fifty viewers; bytes on the disk of a box
// and day; the list's first paint in a real Chromium and how smooth it stays.
import { mkdtempSync, rmSync } from 'node:fs';
import { getPriority, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type FleetUnderTest, openFleet } from './fleet-central.ts';
import { listSize, loop, pageSize, paintFigures, signInAt, smoothness } from './fleet-page.ts';
import { storedBytes } from './fleet-stored.ts';
import { openViewers } from './fleet-viewers.ts';
import { report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    boxes: { type: 'string', default: '10000' },
    sellers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    viewers: { type: 'string', default: '50' },
  },
});
const [boxes, sellers, seconds, viewers] = [
  Number(values.boxes),
  Number(values.sellers),
  Number(values.seconds),
  Number(values.viewers),
];
const reportEveryMs = 30_000;
const sellEveryMs = 5000;
/** For the compiler, and for every box to have been heard once. */
const warmMs = 35_000;

// The processes under test end with this one, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const root = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
try {
  const stored = storedBytes(join(root, 'stored'));
  say(JSON.stringify(stored));
  const fleet = await openFleet(join(root, 'fleet'), { boxes, sellers, reportEveryMs, sellEveryMs });
  try {
    const intake = await intakeCost(fleet);
    say(JSON.stringify(intake));
    const page = await pageCost(fleet, intake.bothCorePercent);
    say(JSON.stringify(page));
    const atRest = await restCost(fleet);
    await report(
      'fleet',
      {
        listFirstPaintMs: page.listFirstPaintMs,
        intakeCorePercent: intake.intakeCorePercent,
        bytesPerApplianceDay: stored.bytesPerApplianceDay,
        pageGzipKB: page.pageGzipKB,
      },
      {
        ...{ boxes, sellers, reportEveryMs, sellEveryMs, seconds },
        ...{ ...intake, atRestCorePercent: atRest, ...page, ...stored },
      },
    );
  } finally {
    await fleet.stop();
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function intakeCost(fleet: FleetUnderTest) {
  const wantedPerSecond = (boxes * 1000) / reportEveryMs;
  fleet.tell('sell on');
  await sleep(10_000);
  const sellingBefore = await fleet.corePercent(seconds);
  fleet.tell('health on');
  await sleep(warmMs);
  const before = await fleet.reports();
  const both = await fleet.corePercent(seconds);
  const { taken, ignored } = await fleet.reports();
  const reportsPerSecond = round((taken - before.taken) / seconds, 0);
  // The control stands on both sides of what is measured: whatever else the machine does moves slowly, if at all.
  fleet.tell('health off');
  await sleep(10_000);
  const sellingAfter = await fleet.corePercent(seconds);
  fleet.tell('health on');
  await sleep(warmMs);
  const selling = (sellingBefore + sellingAfter) / 2;
  return {
    // On a machine that is busy with other things fewer come than were wanted: what each costs stays.
    intakeCorePercent: round(((both - selling) / reportsPerSecond) * wantedPerSecond, 1),
    wantedPerSecond: round(wantedPerSecond, 0),
    ...{ sellingCorePercent: [sellingBefore, sellingAfter], bothCorePercent: both },
    ...{ reportsPerSecond, reportsIgnored: ignored, residentMegabytes: fleet.residentMegabytes() },
  };
}

/** All the while the fleet reports and sells. */
async function pageCost({ url, operatorKey, corePercent }: FleetUnderTest, withoutViewers: number) {
  const size = await pageSize(url);
  const signedIn = await signInAt(url, operatorKey);
  try {
    const machine = () => ({
      loadAverage: round(loadavg()[0] ?? 0, 1),
      priority: getPriority(),
      loop: loop(),
    });
    const before = machine();
    const paint = await paintFigures(signedIn, url, boxes);
    say(JSON.stringify({ before, paint }));
    const looking = await openViewers(url, signedIn.cookie, viewers);
    await sleep(5000);
    const toldBefore = looking.told();
    const watched = await corePercent(seconds);
    const told = looking.told();
    const amongViewers = await paintFigures(signedIn, url, boxes);
    const smooth = await smoothness(signedIn, url, 30);
    const list = await listSize(url, signedIn.cookie);
    looking.leave();
    return {
      ...paint,
      ...size,
      ...list,
      amongViewers,
      viewers: {
        count: viewers,
        corePercent: watched,
        addedCorePercent: round(watched - withoutViewers, 1),
        eventsPerSecondEach: round((told.events - toldBefore.events) / seconds / viewers, 2),
        bytesPerSecondEach: round((told.bytes - toldBefore.bytes) / seconds / viewers, 0),
      },
      smooth,
      machine: { before, after: machine() },
    };
  } finally {
    await signedIn.browser.close();
  }
}

async function restCost(fleet: FleetUnderTest): Promise<number> {
  fleet.tell('sell off');
  fleet.tell('health off');
  await sleep(2000);
  return fleet.corePercent(10);
}
