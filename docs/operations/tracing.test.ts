// The pages on synthetic checkouts and on traces are true as far as words can be checked: their tables and numbers are the program's.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { hopKinds } from '../../central/latency/hops.ts';
import type { Traced } from '../../central/latency/port.ts';
import { latencyDaysMax } from '../../central/latency/routes.ts';
import { spansOf } from '../../central/latency/spans.ts';
import { SyntheticFailure } from '../../contract/synthetic.ts';

const read = (name: string) => readFileSync(join(resolve(import.meta.dirname), name), 'utf8');
const rows = (page: string) => [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, first]) => first);
const tracing = read('tracing.md');
const purposes = ['charge', 'capture', 'void', 'refund'] as const;

it('explains every way in which a synthetic checkout fails, and no other', () => {
  expect(rows(read('synthetic.md'))).toEqual(SyntheticFailure.options);
});

it('explains every hop and every span, and no other', () => {
  const traced = {
    step: 'booked' as const,
    ...{ applianceId: 'a', journalId: 'j', seq: 1, id: 'i', kind: 'checkout', verdict: 'authorised' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    hops: {
      ...{ madeMs: 1, madeBy: 'central' as const, receivedMs: 9, bookedMs: 10 },
      ...{ waitingOfflineMs: 5, sendingMs: 3, bookingMs: 1 },
    },
  };
  const of = { applianceId: 'a', id: 'i', traceId: traced.traceId };
  const call = {
    ...{ ...of, processor: 'stripe', reference: 'r', currency: 'GBP', amountMinor: 1, result: 'approved' },
    ...{ step: 'called' as const, code: null, startMs: 1, endMs: 2 },
  };
  const steps: Traced[] = [
    traced,
    ...purposes.map((purpose) => ({ ...call, purpose, lookUp: false })),
    { ...call, purpose: 'charge', lookUp: true },
    {
      ...{ ...of, step: 'heard', processor: 'stripe', type: 't', eventId: 'e' },
      ...{ happenedMs: 1, receivedMs: 2, endMs: 3 },
    },
    { ...of, step: 'settled', processor: 'stripe', run: 1, collectedMs: 1, settledMs: 2 },
    { ...of, step: 'told', outcome: 'authorised', position: 1, outcomeMs: 2, askedMs: 1, appliedMs: 3 },
  ];
  const spans = steps.flatMap(spansOf).map(({ name }) => name);
  expect(rows(tracing)).toEqual([...hopKinds, 'POST /v1/checkouts', 'await decision', ...spans]);
});

it('names the times and limits that hold', () => {
  expect(tracing).toContain(`${latencyDaysMax} days`);
  const exporter = readFileSync(join(import.meta.dirname, '..', '..', 'kit/spans.ts'), 'utf8');
  expect(exporter).toContain('const waitingMax = 2048;');
  expect(exporter).toContain('const everyMs = 2000;');
});
