// Spans on their way to a collector that answers as told: what waits is bounded, what is lost is counted, nothing is sent twice.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { silentLog as log } from './log.ts';
import { createSpanExporter, type Span } from './spans.ts';
import { newTraceparent, parseTraceparent, spanIdOf } from './traceparent.ts';

let server: Server;
let url: string;
/** What it answers next; 200 after that. */
let answers: number[];
/** Names of the spans, request by request. */
let asked: string[][];
let keys: (string | undefined)[];

beforeEach(async () => {
  answers = [];
  asked = [];
  keys = [];
  server = createServer(async (request, response) => {
    // biome-ignore lint/suspicious/noExplicitAny: the form is judged by test/e2e/trace.test.ts.
    const body = (await json(request)) as any;
    keys.push(request.headers.authorization);
    asked.push(body.resourceSpans[0].scopeSpans[0].spans.map(({ name }: Span) => name));
    response.statusCode = answers.shift() ?? 200;
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => void server.close());

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = (name: string): Span => ({
  ...{ traceId, spanId: spanIdOf(traceId, name), parentId: null, name, kind: 'internal' },
  ...{ startMs: 1_795_000_000_000, endMs: 1_795_000_000_001.5, attributes: { share: 0.5, on: true } },
});
function exporter(headers: Record<string, string> = {}) {
  const clock = manualClock();
  const service = { name: 'test', version: '1', instanceId: 'a' };
  return { clock, spans: createSpanExporter({ url, service, headers }, { clock, random: () => 0.5, log }) };
}

describe('the exporter of spans', () => {
  it('gathers for two seconds and sends what waits as one', async () => {
    const { clock, spans } = exporter();
    spans.add(span('a'));
    spans.add(span('b'));
    clock.advance(1999);
    expect(asked).toEqual([]);
    clock.advance(1);
    await expect.poll(() => asked).toEqual([['a', 'b']]);
    spans.add(span('c'));
    await spans.stop();
    expect(asked).toEqual([['a', 'b'], ['c']]);
    expect(spans.dropped).toBe(0);
  });

  it('sends more than go at a time one after the other, and says its key with each', async () => {
    const { clock, spans } = exporter({ authorization: 'Bearer key' });
    for (let i = 0; i < 1100; i++) spans.add(span('a'));
    clock.advance(2000);
    await expect.poll(() => clock.advance(0) ?? asked.map(({ length }) => length)).toEqual([512, 512]);
    await expect.poll(() => clock.advance(2000) ?? asked.map(({ length }) => length)).toEqual([512, 512, 76]);
    expect(keys).toEqual(Array(3).fill('Bearer key'));
    await spans.stop();
  });

  it('sends again, later and later, what the collector could not take, and gives up what it refuses', async () => {
    const { clock, spans } = exporter();
    answers = [503, 429, 400];
    spans.add(span('a'));
    await expect.poll(() => clock.advance(3000) ?? asked.length).toBe(3);
    expect(asked).toEqual([['a'], ['a'], ['a']]);
    await expect.poll(() => spans.dropped).toBe(1);
    spans.add(span('b'));
    await expect.poll(() => clock.advance(10_000) ?? asked.at(-1)).toEqual(['b']);
    await spans.stop();
  });

  it('keeps so many and no more while nobody listens, and counts the rest', async () => {
    server.close();
    const { clock, spans } = exporter();
    for (let i = 0; i < 2050; i++) spans.add(span('a'));
    clock.advance(2000);
    await expect.poll(() => spans.dropped).toBe(2);
    await spans.stop();
    spans.add(span('late'));
    expect(spans.dropped).toBe(3);
  });
});

describe('traceparent', () => {
  it('is read as the standard says, and one that cannot be used is none', () => {
    const parsed = { traceId, parentId: '00f067aa0ba902b7' };
    expect(parseTraceparent(`00-${traceId}-00f067aa0ba902b7-01`)).toEqual(parsed);
    expect(parseTraceparent(`01-${traceId}-00f067aa0ba902b7-00-more`)).toEqual(parsed);
    expect(parseTraceparent(newTraceparent())).not.toBeNull();
    for (const wrong of [
      '',
      `ff-${traceId}-00f067aa0ba902b7-01`,
      `00-${traceId}-00f067aa0ba902b7-01-more`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `00-${traceId}-${'0'.repeat(16)}-01`,
      `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    ]) {
      expect(parseTraceparent(wrong), wrong).toBeNull();
    }
  });
});
