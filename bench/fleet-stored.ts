// What the reports of a box take of the disk: three days of some boxes, by a clock that is turned.
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { fleetPath, openFleetFile } from '../central/fleet/sqlite/fleet-file.ts';
import { manualClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { reportingBox } from './fleet-reports.ts';

/** Bytes of each step in the file. */
export function storedBytes(folder: string) {
  const [boxes, days] = [10, 3];
  mkdirSync(folder);
  const clock = manualClock(Date.UTC(2026, 10, 1));
  const file = openFleetFile(folder, { clock, log: silentLog });
  const fleet = Array.from({ length: boxes }, (_, i) => ({
    id: `box-${i}`,
    reports: reportingBox(i, i % 5 === 0),
  }));
  for (let n = 0; n < days * 2880; n++) {
    for (const { id, reports } of fleet) file.take(id, [reports.next(clock.wallMs())], clock.wallMs());
    clock.advance(30_000);
  }
  clock.advance(2 * 3_600_000);
  file.close();
  const db = new Database(fleetPath(folder), { readonly: true });
  const levels = db
    .prepare<[], { step: number; bytes: number; slots: number }>(
      'SELECT step_seconds AS step, sum(length(body)) AS bytes, count(*) AS slots FROM block GROUP BY step_seconds',
    )
    .all();
  db.close();
  // Two days are kept of the finest step, all three of the others.
  const kept: Record<number, number> = { 30: 2 + 2 / 24, 300: days, 3600: days };
  const perDay = (step: number) =>
    Math.round((levels.find((one) => one.step === step)?.bytes ?? 0) / boxes / (kept[step] ?? 1));
  const [fine, middle, coarse] = [perDay(30), perDay(300), perDay(3600)];
  return {
    bytesPerApplianceDay: fine + middle + coarse,
    bytesByStep: { 30: fine, 300: middle, 3600: coarse },
    /** When every step is full: two days, sixty, and two years. */
    bytesPerApplianceFull: 2 * fine + 60 * middle + 730 * coarse,
  };
}
