// Spans to an OpenTelemetry collector by OTLP/HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/). Adding one costs a push;
// what cannot be sent in time is dropped and counted, for no sale waits for a picture of it.
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { backoffDelayMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export interface Span {
  traceId: string;
  spanId: string;
  /** Null: nobody asked for it. */
  parentId: string | null;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  startMs: number;
  endMs: number;
  attributes: Readonly<Record<string, string | number | boolean>>;
  /** It came to nothing, and `error.type` says why. */
  failed?: boolean;
}

export interface SpanExporter {
  /** Never waits, never throws. */
  add(span: Span): void;
  /** Since the start. */
  readonly dropped: number;
  /** Sends what waits, once, within its bound. */
  stop(): Promise<void>;
}

export interface ExporterOptions {
  /** The collector, such as http://127.0.0.1:4318; spans go to /v1/traces below it. */
  url: string;
  service: { name: string; version: string; instanceId: string };
  /** What the collector wants to be told beside them, such as a key. */
  headers?: Readonly<Record<string, string>>;
}

const waitingMax = 2048;
const batchMax = 512;
const everyMs = 2000;
const answerMsMax = 10_000;
const lastMsMax = 2000;
const retry = { delayMsBase: 1000, delayMsMax: 60_000 };
/** OTLP/HTTP §Retryable response codes. */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

type Sent = 'taken' | 'again' | 'refused';

export function createSpanExporter(
  { url, service, headers = {} }: ExporterOptions,
  { clock, random, log }: { clock: Clock; random(): number; log: Log },
): SpanExporter {
  const target = new URL(`${url.replace(/\/+$/, '')}/v1/traces`);
  let waiting: Span[] = [];
  let dropped = 0;
  let failures = 0;
  let sending: Promise<void> | null = null;
  let stopped = false;
  let cancel: (() => void) | null = null;

  const drop = (count: number) => {
    dropped += count;
  };
  const plan = (delayMs: number) => {
    if (stopped || sending || cancel) return;
    cancel = clock.after(delayMs, () => {
      cancel = null;
      sending = sendSome().finally(() => {
        sending = null;
        if (waiting.length === 0) return;
        if (failures > 0) plan(backoffDelayMs(retry, failures, random) + everyMs);
        else plan(waiting.length < batchMax ? everyMs : 0);
      });
    });
  };

  const send = (spans: readonly Span[], msMax: number) =>
    post(target, { headers, body: JSON.stringify(payload(service, spans)) }, msMax);

  async function sendSome(): Promise<void> {
    const batch = waiting.slice(0, batchMax);
    if (batch.length === 0) return;
    const sent = await send(batch, answerMsMax);
    note(sent, batch.length);
    if (sent !== 'again') waiting = waiting.slice(batch.length);
  }

  function note(sent: Sent, spans: number): void {
    if (sent === 'refused') drop(spans);
    if (sent === 'taken') {
      if (failures > 0) log.info({ failures, dropped }, 'spans are taken again');
      failures = 0;
      return;
    }
    // The first of a row: a collector that is away for days must not fill the log.
    if (failures === 0) log.warn({ url: target.href, refused: sent === 'refused' }, 'spans are not taken');
    failures++;
  }

  return {
    get dropped() {
      return dropped;
    },
    add(span) {
      if (stopped || waiting.length >= waitingMax) return drop(1);
      waiting.push(span);
      plan(everyMs);
    },
    async stop() {
      stopped = true;
      cancel?.();
      await sending;
      const last = waiting.slice(0, batchMax);
      if (last.length === 0 || failures > 0) return;
      await send(last, lastMsMax);
    },
  };
}

/** Times are texts of nanoseconds: a number would lose them. */
function payload({ name, version, instanceId }: ExporterOptions['service'], spans: readonly Span[]): object {
  const resource = { 'service.name': name, 'service.version': version, 'service.instance.id': instanceId };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'holdfast' }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

/** The API's word (opentelemetry.proto.trace.v1.Status). */
const errorStatus = 2;

function spanOf({ traceId, spanId, parentId, name, kind, startMs, endMs, attributes, failed }: Span): object {
  return {
    ...{ traceId, spanId, name, kind: kinds[kind] },
    ...(parentId !== null && { parentSpanId: parentId }),
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(Math.max(startMs, endMs)),
    attributes: attributesOf(attributes),
    ...(failed && { status: { code: errorStatus } }),
  };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

function attributesOf(attributes: Span['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function post(
  target: URL,
  { headers: more, body }: { headers: NonNullable<ExporterOptions['headers']>; body: string },
  msMax: number,
): Promise<Sent> {
  return new Promise((resolve) => {
    const headers = {
      ...more,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    };
    const ask = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const asking = ask(target, { method: 'POST', headers, agent: false }, (answer) => {
      const { statusCode = 0 } = answer;
      answer.resume();
      answer.on('error', () => resolve('again'));
      answer.on('end', () => {
        if (statusCode >= 200 && statusCode < 300) resolve('taken');
        else resolve(retryable.has(statusCode) ? 'again' : 'refused');
      });
    });
    const timer = setTimeout(() => asking.destroy(), msMax);
    asking.on('error', () => resolve('again'));
    asking.on('close', () => {
      clearTimeout(timer);
      resolve('again');
    });
    asking.end(body);
  });
}
