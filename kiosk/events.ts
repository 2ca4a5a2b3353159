// What happens at the appliance, as it happens: server-sent events read through fetch, so that a header can go along,
// which a browser's EventSource does not allow. It comes back by itself and goes on from the last event it has seen.
import type { Answer, Problem, Status } from '../contract/kiosk-api.ts';
import { isAnswer, isProblem, isStatus } from './answers.ts';

/**
 * - `document`, `decision`: a document was answered; a checkout that central was asked about was decided.
 * - `outcome`: what central says of a document later.
 * - `status`: the link, a condition or a version has changed; also told first after every connect.
 * - `restart`: what was missed cannot be told any more; read the documents anew.
 * - `lost`: the connection broke, or none can be made. Told once; the next `status` says that it is there again.
 * - `turned_away`: the appliance does not let this kiosk read, and why. The last event: pair again.
 */
export type KioskEvent =
  | { kind: 'document' | 'decision'; id: string; answer: Answer }
  | { kind: 'outcome'; id: string; documentId: string; outcome: { kind: string; atMs: number } }
  | { kind: 'status'; status: Status }
  | { kind: 'restart'; id: string }
  | { kind: 'lost' }
  | { kind: 'turned_away'; problem: Problem };

export interface EventsOptions {
  /** Goes on after this event, such as after a reload of the page. */
  lastEventId?: string;
  /** Ends the events. */
  signal?: AbortSignal;
}

/** Longer than the appliance's heartbeat: a stream that is silent for so long is gone. */
const silenceMsMax = 45_000;
const reconnectMs = 1000;
/** One event is a document at most; what is longer is no event of an appliance. */
const eventCharsMax = 1024 * 1024;

/** The events until the signal ends them or the kiosk is turned away; a lost connection is made again, without a gap. */
export async function* readEvents(
  url: string,
  fetch: typeof globalThis.fetch,
  headers: Record<string, string>,
  { lastEventId = '', signal }: EventsOptions,
): AsyncGenerator<KioskEvent, void, undefined> {
  let last = lastEventId;
  let lost = false;
  while (!signal?.aborted) {
    const silence = startSilence(signal);
    try {
      const asking = { Accept: 'text/event-stream', ...headers, 'Last-Event-ID': last };
      const init: RequestInit = { headers: asking, redirect: 'error', cache: 'no-store' };
      const response = await fetch(url, { ...init, signal: silence.signal });
      const problem = await problemOfTheDoor(response);
      if (problem) return yield { kind: 'turned_away', problem };
      for await (const block of blocksOf(response, silence)) {
        const event = eventOf(block);
        if (!event) continue;
        lost = false;
        if ('id' in event) last = event.id;
        yield event;
      }
    } catch {
      // Whatever broke: the next connect goes on after `last`.
    } finally {
      silence.end();
    }
    if (!lost && !signal?.aborted) yield { kind: 'lost' };
    lost = true;
    await pause(reconnectMs * (0.5 + Math.random()), signal);
  }
}

/** Ends a connection that says nothing for too long, or that nobody reads any more. */
function startSilence(signal: AbortSignal | undefined) {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMsMax);
  };
  heard();
  return {
    signal: signal ? AbortSignal.any([silence.signal, signal]) : silence.signal,
    heard,
    end() {
      clearTimeout(timer);
      silence.abort();
    },
  };
}

/** What no retry will mend: who calls may not read, or calls by a wrong name. */
async function problemOfTheDoor(response: Response): Promise<Problem | null> {
  if (![401, 403, 421].includes(response.status)) return null;
  const value: unknown = await response.json();
  return isProblem(value) ? value : null;
}

/** The text between two empty lines, each as it comes; ends when the connection does. */
async function* blocksOf(
  response: Response,
  silence: { heard(): void },
): AsyncGenerator<string, void, undefined> {
  if (!response.ok || !response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    silence.heard();
    text += piece.value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    if (text.length > eventCharsMax) return;
    yield* blocks;
  }
}

/** Null for a heartbeat and for what a newer appliance may say. */
function eventOf(block: string): KioskEvent | null {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const [kind, id = '', data] = [field('event'), field('id'), field('data')];
  const value: unknown = data === undefined ? null : JSON.parse(data);
  switch (kind) {
    case 'document':
    case 'decision':
      return isAnswer(value) ? { kind, id, answer: value } : null;
    case 'status':
      return isStatus(value) ? { kind, status: value } : null;
    case 'restart':
      return { kind, id };
    case 'outcome': {
      const { id: documentId, outcome } = value as { id: string; outcome: { kind: string; atMs: number } };
      return { kind, id, documentId, outcome };
    }
    default:
      return null;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
