// What happens at the appliance, as it happens: server-sent events read through fetch, so that a header can go along,
// which a browser's EventSource does not allow. It comes back by itself and goes on from the last event it has seen.
import type { Answer, Status } from '../contract/kiosk-api.ts';
import { isAnswer, isStatus } from './answers.ts';

/**
 * - `document`, `decision`: a document was answered; a checkout that central was asked about was decided.
 * - `outcome`: what central says of a document later.
 * - `status`: the link, a condition or a version has changed; also told first after every connect.
 * - `restart`: what was missed cannot be told any more; read the documents anew.
 */
export type KioskEvent =
  | { kind: 'document' | 'decision'; id: string; answer: Answer }
  | { kind: 'outcome'; id: string; documentId: string; outcome: { kind: string; atMs: number } }
  | { kind: 'status'; status: Status }
  | { kind: 'restart'; id: string };

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

/** The events until the signal ends them; a lost connection is made again and nothing is missed. */
export async function* readEvents(
  url: string,
  fetch: typeof globalThis.fetch,
  headers: Record<string, string>,
  { lastEventId = '', signal }: EventsOptions,
): AsyncGenerator<KioskEvent, void, undefined> {
  let last = lastEventId;
  while (!signal?.aborted) {
    const silence = new AbortController();
    const either = signal ? AbortSignal.any([silence.signal, signal]) : silence.signal;
    try {
      for await (const block of blocksOf(
        url,
        fetch,
        { ...headers, 'Last-Event-ID': last },
        either,
        silence,
      )) {
        const event = eventOf(block);
        if (!event) continue;
        if ('id' in event) last = event.id;
        yield event;
      }
    } catch {
      // Whatever broke: the next connect goes on after `last`.
    } finally {
      silence.abort();
    }
    await pause(reconnectMs * (0.5 + Math.random()), signal);
  }
}

/** The text between two empty lines, each as it comes; ends when the connection does. */
async function* blocksOf(
  url: string,
  fetch: typeof globalThis.fetch,
  headers: Record<string, string>,
  signal: AbortSignal,
  silence: AbortController,
): AsyncGenerator<string, void, undefined> {
  let timer = setTimeout(() => silence.abort(), silenceMsMax);
  try {
    const init: RequestInit = { headers: { Accept: 'text/event-stream', ...headers }, signal };
    const response = await fetch(url, { ...init, redirect: 'error', cache: 'no-store' });
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMsMax);
      text += piece.value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > eventCharsMax) return;
      yield* blocks;
    }
  } finally {
    clearTimeout(timer);
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
