// What is written, and the wear it means: a table.
import { expect, it } from 'vitest';
import type { HealthReport } from '../../contract/health.ts';
import { sampleReport } from '../fixtures/health.ts';
import { type Wear, wearOf } from './wear.ts';

const hourMs = 3_600_000;
it.each<[string, Partial<HealthReport['machine']>, number, Partial<Wear> | null]>([
  ['half a day', {}, 12, { writtenBytesPerDay: 2e9, daysToOverwrite: 16 }],
  ['a disk that says how worn it is', { diskLifeTenths: 3 }, 12, { lifeTenths: 3 }],
  ['one that is far past its life', { diskLifeTenths: 200 }, 12, { lifeTenths: 11 }],
  ['one that does not say', { diskLifeTenths: null }, 12, { lifeTenths: null }],
  ['nothing written', { diskWrittenBytes: 0 }, 12, { writtenBytesPerDay: 0, daysToOverwrite: null }],
  ['a disk of unknown size', { diskTotalBytes: null }, 12, { daysToOverwrite: null }],
  ['a machine that does not say what it writes', { diskWrittenBytes: null }, 12, null],
  ['a machine that has just started', {}, 0.5, null],
])('is told of %s', (_, machine, hours, wear) => {
  const written = { diskWrittenBytes: 1e9, diskTotalBytes: 32e9, diskLifeTenths: null };
  const report = {
    machine: { ...sampleReport.machine, ...written, ...machine },
    at: { ...sampleReport.at, monotonicMs: hours * hourMs },
  };
  if (wear === null) expect(wearOf(report)).toBeNull();
  else expect(wearOf(report)).toMatchObject(wear);
});
