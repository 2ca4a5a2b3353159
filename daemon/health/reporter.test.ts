// When a box says how it is: soon after its start, then every half minute; never before money, and after an outage in order.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthReport } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { openTelemetry, type Telemetry } from '../store/telemetry/telemetry.ts';
import { makeReport } from './report.ts';
import { firstReportMsMax, type Reporter, reportEveryMs, startReporter } from './reporter.ts';

let folder: string;
let telemetry: Telemetry;
let reporter: Reporter;
let clock: ReturnType<typeof manualClock>;
let sent: number[][];
let mayGo: boolean;
let looks: number;
let look: () => Promise<HealthReport>;

const report = (n: number) =>
  makeReport({
    synthetic: null,
    at: { wallMs: n, monotonicMs: n, bootId: '00000000-0000-4000-8000-000000000001' },
    release: '0.1.0',
    upMs: n,
    status: {
      link: { kind: 'offline', sinceMs: 0 },
      journal: {
        journalId: '00000000-0000-4000-8000-000000000002',
        lastSeq: 5,
        receivedThrough: 3,
        pending: 2,
      },
      exposure: { totalMinor: 100, limitMinor: null, currency: 'GBP' },
      catalogue: { version: 1, products: 1, ageMs: 0 },
      policy: { version: 1, ageMs: 0 },
      certificate: null,
      conditions: [{ code: 'stock_low', hint: '', sinceMs: 0 }],
    },
    journalBytes: 4096,
    oldestUnreceivedMs: n + 5,
    outages: 0,
    residentBytes: 1,
    corePermille: null,
    machine: {
      loadPercent: null,
      memoryFreeBytes: null,
      diskFreeBytes: null,
      diskTotalBytes: null,
      diskWrittenBytes: null,
      temperatureCelsius: null,
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-reporter-'));
  telemetry = openTelemetry(folder).telemetry;
  clock = manualClock();
  sent = [];
  mayGo = true;
  looks = 0;
  look = async () => report(++looks);
  reporter = startReporter({
    telemetry,
    look: () => look(),
    async send(reports) {
      if (mayGo) sent.push(reports.map((body) => JSON.parse(body.toString()).upMs));
      return mayGo;
    },
    clock,
    random: () => 0.5,
    log: silentLog,
  });
});
afterEach(() => {
  reporter.stop();
  telemetry.close();
  rmSync(folder, { recursive: true });
});

/** Lets time pass in steps, so that what a beat awaits is done before the next one falls due. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    clock.advance(Math.min(left, 500));
    for (let n = 0; n < 5; n++) await turn();
  }
}

describe('the reporter', () => {
  it('says how the box is soon after the start, then every half minute', async () => {
    await pass(firstReportMsMax);
    expect(sent).toEqual([[1]]);
    await pass(2 * reportEveryMs);
    expect(sent).toEqual([[1], [2], [3]]);
  });

  it('keeps what could not go, and sends it in order when it may', async () => {
    mayGo = false;
    await pass(firstReportMsMax + 3 * reportEveryMs);
    expect(sent).toEqual([]);
    mayGo = true;
    await pass(reportEveryMs);
    expect(sent).toEqual([[1, 2, 3, 4, 5]]);
  });

  it('sends what a long outage left in frames of a bounded size, one after the other', async () => {
    for (let n = 1; n <= limits.healthReportsMax * 2 + 1; n++) {
      telemetry.keep(Buffer.from(JSON.stringify({ upMs: -n })));
    }
    await pass(firstReportMsMax + 3000);
    expect(sent.map(({ length }) => length)).toEqual([limits.healthReportsMax, limits.healthReportsMax, 2]);
  });

  it('goes on after a look that failed', async () => {
    const whole = look;
    look = async () => {
      throw new Error('the store is busy');
    };
    await pass(firstReportMsMax);
    look = whole;
    await pass(reportEveryMs);
    expect(sent).toEqual([[1]]);
  });

  it('says nothing after its stop', async () => {
    reporter.stop();
    await pass(3 * reportEveryMs);
    expect(sent).toEqual([]);
  });
});

describe('a report', () => {
  it('has the shape of the contract, and no time below nothing when the clock was set back', () => {
    const made = report(1000);
    expect(HealthReport.parse(made)).toEqual(made);
    expect(made.journal.oldestUnreceivedMs).toBe(0);
    expect(made.conditions).toEqual([{ code: 'stock_low', forMs: 0 }]);
  });

  it('names no more conditions than the contract takes', () => {
    const many = report(1);
    expect(many.conditions.length).toBeLessThanOrEqual(limits.healthConditionsMax);
  });
});
