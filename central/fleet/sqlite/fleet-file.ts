// fleet.db: the newest report of each box, what it said over time, and when conditions began and ended. What comes within a second is
// written in one transaction, and a read writes what waits first. None of it is worth a sync, or a start that fails.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { HealthReport } from '../../../contract/health.ts';
import type { Clock } from '../../../kit/clock.ts';
import { openExpendable } from '../../../kit/expendable-file.ts';
import type { Log } from '../../../kit/log.ts';
import type { FleetAtRest, FleetFile, FleetPast } from '../port.ts';
import { createGatherer, type Gatherer } from '../series/gather.ts';
import type { Metric } from '../series/metrics.ts';
import { isRepeated, placeReport } from '../series/place.ts';
import { answerSeries } from '../series/points.ts';
import { finestStepSeconds, rowOf } from '../series/row.ts';
import { changesBy, type EventChange, eventKey } from '../series/timeline.ts';
import { type Blocks, createBlocks } from './blocks.ts';
import { createDoctors } from './doctors.ts';
import { createEvents, type Events } from './events.ts';
import { createNewest, finder } from './newest.ts';
import { createRefs, type Refs } from './refs.ts';

/** "HFFL": marks the file as what central knows of its fleet. */
const applicationId = 0x4846464c;
const gatherMs = 1000;
/** Of 4 KiB: a fleet of thousands touches a page for each box, and most of them again half a minute later. */
const checkpointPages = 8000;
/** Bounded pieces of what is done beside the reports, each second. */
const settleHoursMax = 20;
const forgetBoxesMax = 20;
/** Late rows still come for a while after their hour. */
const settleAfterMs = 600_000;
const forgetEveryMs = 3_600_000;
const eventsAnsweredMax = 1000;

export function fleetPath(dataFolder: string): string {
  return join(dataFolder, 'fleet.db');
}

/** Opens fleet.db, made when it is missing; whatever is wrong with it, reports are heard. */
export function openFleetFile(dataFolder: string, parts: { clock: Clock; log: Log }): FleetFile {
  const { clock, log } = parts;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const { db, opened } = openExpendable(fleetPath(dataFolder), {
    connect: (path) => new Database(path),
    migrations: join(import.meta.dirname, 'migrations'),
    applicationId,
    cacheKibibytes: 16_384,
  });
  if (opened !== 'as_it_was')
    log.warn({ opened }, 'fleet.db could not be used; every box says again how it is');
  // This thread is the broker's too: it waits for nobody.
  db.pragma('busy_timeout = 20');
  db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  const newest = createNewest(db);
  const doctors = createDoctors(db);
  const refs = createRefs(db);
  const blocks = createBlocks(db);
  const events = createEvents(db);
  const gathered = createGatherer();
  const changes: { ref: number; change: EventChange }[] = [];
  const open = new Map<number, Map<string, number>>();
  const state = { taken: 0, stopped: false, forgottenRef: 0, forgetDueMs: 0 };

  const openOf = (ref: number): Map<string, number> => {
    const known = open.get(ref) ?? new Map(events.open(ref));
    open.set(ref, known);
    return known;
  };
  const remember = (ref: number, change: EventChange) => {
    changes.push({ ref, change });
    const known = openOf(ref);
    if (change.kind === 'ended') known.delete(eventKey(change.of));
    else if (change.event.untilMs === null) known.set(eventKey(change.event), change.event.sinceMs);
  };

  const writeAll = db.transaction((everything: boolean) => {
    refs.write();
    newest.write();
    doctors.write();
    for (const { ref, change } of changes) events.change(ref, change);
    const nowSlot = Math.floor(clock.wallMs() / (finestStepSeconds * 1000));
    for (const { ref, rows } of gathered.take(nowSlot, everything)) blocks.put(ref, rows);
  });
  const write = (everything = false) => {
    try {
      writeAll(everything);
      refs.written();
    } catch (error) {
      // A full disk: the ledger says so, and the boxes will say again how they are.
      log.warn({ error: (error as Error).message }, 'what boxes said of themselves was not kept');
    }
    newest.written();
    doctors.written();
    changes.length = 0;
  };
  const tend = db.transaction(() => {
    const nowMs = clock.wallMs();
    blocks.settle(Math.floor((nowMs - settleAfterMs) / 3_600_000) - 1, settleHoursMax);
    if (state.forgottenRef === 0 && nowMs < state.forgetDueMs) return;
    const next = refs.after(state.forgottenRef, forgetBoxesMax);
    for (const ref of next) {
      blocks.forget(ref, nowMs);
      events.forget(ref, nowMs);
    }
    state.forgottenRef = next.length < forgetBoxesMax ? 0 : (next.at(-1) ?? 0);
    if (state.forgottenRef === 0) state.forgetDueMs = nowMs + forgetEveryMs;
  });
  const beat = () => {
    write();
    try {
      tend();
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'the time series wait for their disk');
    }
    if (!state.stopped) cancel = clock.after(gatherMs, beat);
  };
  let cancel = clock.after(gatherMs, beat);

  const takeOne = (
    applianceId: string,
    { doctor, ...report }: HealthReport,
    later: readonly HealthReport[],
    heardMs: number,
  ) => {
    const before = newest.of(applianceId);
    if (isRepeated(report, before?.report ?? null)) return 'report_repeated';
    state.taken++;
    // The newest is heard now, wherever its clock is.
    newest.note(applianceId, { report, heardMs });
    if (doctor) doctors.note(applianceId, { result: doctor, heardMs });
    const placed = placeReport(report, later, heardMs);
    if (placed.kind === 'misplaced') return placed.reason;
    const ref = refs.findOrMake(applianceId);
    gathered.add(ref, rowOf(placed.atMs, report, before?.report ?? null));
    for (const change of changesBy(openOf(ref), { report, atMs: placed.atMs }, before, heardMs))
      remember(ref, change);
    return null;
  };

  return {
    take: (applianceId, reports, heardMs) =>
      reports.flatMap((report, i) => takeOne(applianceId, report, reports.slice(i + 1), heardMs) ?? []),
    taken: () => state.taken,
    of: newest.of,
    doctorOf: doctors.doctorOf,
    ...pastOf({ refs, blocks, events, gathered }, write),
    close() {
      state.stopped = true;
      cancel();
      write(true);
      db.close();
    },
  };
}

const nobody: FleetAtRest = {
  of: () => null,
  doctorOf: () => null,
  series: () => null,
  timeline: () => null,
  close() {},
};

/** For a command beside the running service, which is five minutes ahead at most. Without a file nobody reported yet. */
export function fleetAtRest(dataFolder: string): FleetAtRest {
  const path = fleetPath(dataFolder);
  if (!existsSync(path)) return nobody;
  const db = new Database(path, { readonly: true });
  const parts = { refs: createRefs(db), blocks: createBlocks(db), events: createEvents(db) };
  return {
    of: finder(db),
    // why not before it is asked for: a file of the release before has no such table.
    doctorOf: (applianceId) => createDoctors(db).doctorOf(applianceId),
    ...pastOf({ ...parts, gathered: createGatherer() }, () => {}),
    close: () => void db.close(),
  };
}

function pastOf(
  parts: { refs: Refs; blocks: Blocks; events: Events; gathered: Gatherer },
  write: () => void,
): FleetPast {
  const { refs, blocks, events, gathered } = parts;
  return {
    series(applianceId, metric: Metric, span) {
      const ref = refs.find(applianceId);
      if (ref === null) return null;
      write();
      // Minutes that are not in the file yet count as if they were.
      return answerSeries(metric, span, ({ stepSeconds }, fromSlot, toSlot) =>
        blocks.read(ref, { stepSeconds, fromSlot, toSlot }, gathered.waiting(ref)),
      );
    },
    timeline(applianceId, { fromMs, toMs }) {
      const ref = refs.find(applianceId);
      if (ref === null) return null;
      write();
      return events.between(ref, fromMs, toMs, eventsAnsweredMax);
    },
  };
}
