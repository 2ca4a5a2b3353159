// The doctor that central asks for: run once for each word of the feed that is not old, and as much told as a report holds.
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { DoctorResult } from '../../contract/doctor.ts';
import type { FeedItem } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import type { Examination } from '../../contract/technician-api.ts';
import { silentLog as log } from '../../kit/log.ts';
import { createDoctorByCentral, type DoctorByCentral } from './by-central.ts';
import { fitResult } from './fit-result.ts';

const nowMs = 1_795_341_600_000;
const id = '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e10';
const ask = (untilMs: number, of = id): FeedItem => ({ kind: 'doctor', id: of, untilMs });
const done = (checks: Extract<Examination, { kind: 'done' }>['checks']) =>
  ({ kind: 'done', atMs: nowMs, checks }) as const;

describe('a doctor that central asks for', () => {
  let runs: number;
  let found: number;
  let doctor: DoctorByCentral;
  beforeEach(() => {
    [runs, found] = [0, 0];
    const at = { wallMs: nowMs, monotonicMs: 1, central: { ms: nowMs, uncertaintyMs: 9 } };
    doctor = createDoctorByCentral({ store: { ask: async () => ({ at }) as never }, log });
  });
  const open = () =>
    doctor.open(
      {
        examine: async () => {
          runs++;
          return done([{ code: 'memory', state: 'ok', words: '1 GiB available' }]);
        },
      },
      () => found++,
    );
  const hear = async (...items: (FeedItem | null)[]) => {
    doctor.applied(items);
    await turn();
  };

  it('is told of once, with the report that comes next', async () => {
    open();
    await hear(null, ask(nowMs + 1000));
    expect([runs, found]).toEqual([1, 1]);
    expect(doctor.take()).toMatchObject({ id, atMs: nowMs, failure: null, checks: [{ code: 'memory' }] });
    expect(doctor.take()).toBeUndefined();
  });

  it('is not run for a word that is heard again, or that is old by central’s time', async () => {
    open();
    await hear(ask(nowMs + 1000), ask(nowMs + 1000));
    await hear(ask(nowMs - 1, '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e11'));
    expect(runs).toBe(1);
  });

  it('is left alone while the program is still starting: central asks again', async () => {
    await hear(ask(nowMs + 1000));
    open();
    expect([runs, doctor.take()]).toEqual([0, undefined]);
  });
});

describe('what is told of it', () => {
  const long = '☂'.repeat(limits.doctorWordsCharsMax * 3);

  it('fits into a report however much there is, and keeps what somebody must act on', () => {
    const states = ['ok', 'unknown', 'warning', 'error'] as const;
    const checks = Array.from({ length: 90 }, (_, n) => {
      return { code: `check_${n}`, state: states[n % 4] ?? 'ok', words: long, hint: long };
    });
    const result = fitResult(id, done(checks));
    expect(DoctorResult.parse(result)).toEqual(result);
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(limits.doctorResultBytesMax);
    expect(result.checks.length + result.leftOut).toBe(90);
    expect(new Set(result.checks.map(({ state }) => state))).toEqual(new Set(['error']));
    expect(result.checks[0]?.code, 'the first of them stays').toBe('check_3');
  });

  it.each([
    ['line\u0000\nby line', 'line by line'],
    ['', 'no words'],
    [
      `${'a'.repeat(limits.doctorWordsCharsMax - 2)}😀 and more`,
      `${'a'.repeat(limits.doctorWordsCharsMax - 2)}…`,
    ],
  ])('stands on one line and ends at a whole character', (words, said) => {
    const { checks } = fitResult(id, done([{ code: 'memory', state: 'error', words, hint: words }]));
    expect(checks).toEqual([{ code: 'memory', state: 'error', words: said, ...(words && { hint: said }) }]);
  });

  it('says why where it could not be run', () => {
    const result = fitResult(id, { kind: 'failed', atMs: nowMs, words: 'It was ended after 60 s.' });
    expect(DoctorResult.parse(result)).toMatchObject({ checks: [], failure: 'It was ended after 60 s.' });
  });
});
