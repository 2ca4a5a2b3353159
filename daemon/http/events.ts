// GET /v1/events: what happens at the appliance, as server-sent events (WHATWG HTML §9.2). Every event carries the place
// in the journal and among the outcomes that it leads to, so that a reader that comes back misses nothing.
import type { ServerResponse } from 'node:http';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { Uuid } from '../../contract/id.ts';
import type { StoreClient } from '../store/client.ts';
import type { EventCursor, StoreEvent } from '../store/commands.ts';
import { ProblemError } from './problems.ts';

interface EventStreams {
  /** Ends every stream; readers come back by themselves. */
  close(): void;
}

const streamsMax = 64;
const pageItems = 64;
/** Between two reads of one stream: under load events gather instead of each costing a read. */
const gatherMs = 50;
const heartbeatMs = 15_000;
/** A reader that has taken nothing for so long is sent away; it comes back with its last id. */
const drainMsMax = 10_000;
const retryMs = 1000;
/** A kiosk that was revoked is sent away within this time, and hears nothing meanwhile. */
const lookMs = 1000;

interface Asked {
  journalId: string;
  cursor: EventCursor;
}

interface Stream {
  response: ServerResponse;
  /** False once its kiosk was revoked. */
  stillKnown: () => boolean;
  cursor: EventCursor;
  /** What it still has to be told of: nothing, events, or also that the status changed. */
  news: { events: boolean; status: boolean };
  wake: () => void;
}

export function addEventRoute(
  router: Router,
  store: Pick<StoreClient, 'ask' | 'onChanged'>,
  statusNow: () => Promise<object>,
): EventStreams {
  const streams = new Set<Stream>();
  store.onChanged((statusChanged) => {
    for (const stream of streams) {
      stream.news.events = true;
      stream.news.status ||= statusChanged;
      stream.wake();
    }
  });

  const looking = setInterval(() => {
    for (const { response, stillKnown } of streams) if (!stillKnown()) response.destroy();
  }, lookMs);
  looking.unref();

  router.get('/v1/events', async (ctx) => {
    if (streams.size >= streamsMax) throw new ProblemError('busy');
    const { journalId, head } = await store.ask('events', {
      seq: Number.MAX_SAFE_INTEGER,
      outcome: Number.MAX_SAFE_INTEGER,
      itemsMax: 1,
    });
    const asked = lastEventId(ctx);
    const known = asked && isWithin(asked, { journalId, head }) ? asked.cursor : null;
    const response = open(ctx);
    const stream: Stream = {
      response,
      stillKnown: ctx.state.stillKnown as () => boolean,
      cursor: known ?? head,
      // Something may have come in the very batch that told the head.
      news: { events: true, status: true },
      wake: () => {},
    };
    streams.add(stream);
    response.on('close', () => {
      streams.delete(stream);
      stream.wake();
    });
    // Of another journal, or of one that a restored file has not: what was missed cannot be told, and this says so.
    if (asked && !known) response.write(frame('restart', idOf(journalId, head), {}));
    void serve(stream, journalId).catch(() => response.destroy());
  });

  async function serve(stream: Stream, journalId: string): Promise<void> {
    const { response } = stream;
    while (!response.destroyed && !response.writableEnded) {
      const text = await takeNews(stream, journalId);
      if (!stream.stillKnown()) response.destroy();
      else if (text !== '') await write(response, text);
      if (stream.news.events || stream.news.status) await pause(stream, gatherMs, false);
      else await newsOrHeartbeat(stream);
    }
  }

  /** What a stream has not been told yet, a page of it at most. */
  async function takeNews(stream: Stream, journalId: string): Promise<string> {
    const { news } = stream;
    stream.news = { events: false, status: false };
    const status = news.status ? frame('status', null, await statusNow()) : '';
    if (!news.events) return status;
    const page = await store.ask('events', { ...stream.cursor, itemsMax: pageItems });
    stream.cursor = page.reached;
    if (page.more) stream.news.events = true;
    return status + page.events.map((event) => eventFrame(event, journalId)).join('');
  }

  async function newsOrHeartbeat(stream: Stream): Promise<void> {
    const woken = await pause(stream, heartbeatMs);
    if (woken) await pause(stream, gatherMs, false);
    else if (!stream.response.destroyed) await write(stream.response, ': here\n\n');
  }

  return {
    close() {
      clearInterval(looking);
      // Not ended in order: a reader that takes nothing would hold up the stop.
      for (const { response } of streams) response.destroy();
    },
  };
}

/** Waits; true when it was woken before the time was up. */
function pause(stream: Stream, ms: number, wakeable = true): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    stream.wake = () => {
      if (!wakeable && !stream.response.destroyed) return;
      clearTimeout(timer);
      resolve(true);
    };
    if (stream.response.destroyed) stream.wake();
  });
}

/** Resolves when the reader has taken it; what one stream holds in memory is one page at most. */
function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), drainMsMax);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

function open(ctx: Context): ServerResponse {
  // Koa would end the answer when the handler returns.
  ctx.respond = false;
  const response = ctx.res;
  response.writeHead(200, {
    ...(response.getHeaders() as Record<string, string>),
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // For proxies that would gather the events.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${retryMs}\n\n`);
  return response;
}

function eventFrame(event: StoreEvent, journalId: string): string {
  const id = idOf(journalId, event.after);
  return event.kind === 'outcome'
    ? frame('outcome', id, { id: event.id, outcome: event.outcome })
    : frame(event.kind, id, event.answer);
}

function frame(event: string, id: string | null, data: object): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function idOf(journalId: string, { seq, outcome }: EventCursor): string {
  return `${journalId}.${seq}.${outcome}`;
}

function isWithin(asked: Asked, now: { journalId: string; head: EventCursor }): boolean {
  const { seq, outcome } = asked.cursor;
  return asked.journalId === now.journalId && seq <= now.head.seq && outcome <= now.head.outcome;
}

/** The header that a browser sends by itself, or the same in the query for whoever cannot set it. */
function lastEventId(ctx: Context): Asked | null {
  const query = ctx.query.lastEventId;
  const [journalId, seq, outcome, more] = (
    ctx.get('Last-Event-ID') || (typeof query === 'string' ? query : '')
  ).split('.');
  const number = /^\d{1,15}$/;
  const whole = Uuid.safeParse(journalId).success && number.test(seq ?? '') && number.test(outcome ?? '');
  if (!whole || more !== undefined) return null;
  return { journalId: journalId ?? '', cursor: { seq: Number(seq), outcome: Number(outcome) } };
}
