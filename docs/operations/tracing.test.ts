// The pages on synthetic checkouts and on traces are true as far as words can be checked: their tables and numbers are the program's.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { hopKinds } from '../../central/latency/hops.ts';
import { latencyDaysMax } from '../../central/latency/routes.ts';
import { spansOf } from '../../central/latency/spans.ts';
import { SyntheticFailure } from '../../contract/synthetic.ts';

const read = (name: string) => readFileSync(join(resolve(import.meta.dirname), name), 'utf8');
const rows = (page: string) => [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, first]) => first);
const tracing = read('tracing.md');

it('explains every way in which a synthetic checkout fails, and no other', () => {
  expect(rows(read('synthetic.md'))).toEqual(SyntheticFailure.options);
});

it('explains every hop and every span, and no other', () => {
  const traced = {
    ...{ applianceId: 'a', journalId: 'j', seq: 1, id: 'i', kind: 'checkout', verdict: 'authorised' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    hops: {
      ...{ madeMs: 1, madeBy: 'central' as const, receivedMs: 9, bookedMs: 10 },
      ...{ waitingOfflineMs: 5, sendingMs: 3, bookingMs: 1 },
    },
  };
  const spans = spansOf(traced).map(({ name }) => name);
  expect(rows(tracing)).toEqual([...hopKinds, 'POST /v1/checkouts', ...spans]);
});

it('names the times and limits that hold', () => {
  expect(tracing).toContain(`${latencyDaysMax} days`);
  const exporter = readFileSync(join(import.meta.dirname, '..', '..', 'kit/spans.ts'), 'utf8');
  expect(exporter).toContain('const waitingMax = 2048;');
  expect(exporter).toContain('const everyMs = 2000;');
});
