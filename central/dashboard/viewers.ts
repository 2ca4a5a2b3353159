// Who looks at the page at this moment: each a stream of server-sent events (WHATWG HTML §9.2) that says what changed. What was
// said lately is kept, so that a viewer who comes back misses nothing; one who was away for longer is told to ask anew.
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export const viewerLimits = {
  viewersMax: 200,
  heartbeatMs: 15_000,
  /** What a viewer may leave unread before it is sent away; it comes back by itself. */
  unreadBytesMax: 2 * 1024 * 1024,
  keptMax: 256,
  keptBytesMax: 4 * 1024 * 1024,
  retryMs: 2000,
} as const;

export interface Viewers {
  /** Tells everybody. @param about what changed: `fleet` with its rows, or another screen's name */
  tell(about: string, data: unknown): void;
  /** False when there are too many. @param stillMay asked at every heartbeat: a session may have ended */
  add(response: ServerResponse, lastEventId: string, stillMay: () => Promise<boolean>): boolean;
  count(): number;
  /** Of the last event: whoever reads at this moment need not be told of it, nor of any before. */
  position(): string;
  close(): void;
}

interface Kept {
  number: number;
  text: string;
}

/** @param on called when the first viewer comes; answers what to call when the last has gone */
export function createViewers(on: () => () => void): Viewers {
  /** Tells the numbers of this process from those of one before. */
  const life = randomBytes(4).toString('hex');
  const streams = new Map<ServerResponse, () => Promise<boolean>>();
  const kept: Kept[] = [];
  let keptBytes = 0;
  let number = 0;
  let off: (() => void) | null = null;
  const position = () => `${life}-${number}`;

  const send = (response: ServerResponse, text: string) => {
    if (response.writableLength > viewerLimits.unreadBytesMax) response.destroy();
    else response.write(text);
  };
  const beat = async () => {
    await Promise.all(
      [...streams].map(async ([response, stillMay]) => {
        if (await stillMay().catch(() => false)) send(response, ':\n\n');
        else response.end();
      }),
    );
  };
  const heartbeat = setInterval(() => void beat(), viewerLimits.heartbeatMs);
  heartbeat.unref();

  /** What was said after the event; null when that is not known any more. */
  const since = (lastEventId: string): string | null => {
    const [of, last] = lastEventId.split('-');
    if (of !== life || !/^\d{1,15}$/.test(last ?? '')) return null;
    const first = kept[0]?.number ?? number + 1;
    if (Number(last) + 1 < first) return null;
    return kept
      .filter((one) => one.number > Number(last))
      .map(({ text }) => text)
      .join('');
  };

  return {
    tell(about, data) {
      number++;
      const text = `id: ${position()}\nevent: ${about}\ndata: ${JSON.stringify(data)}\n\n`;
      kept.push({ number, text });
      keptBytes += text.length;
      while (kept.length > viewerLimits.keptMax || keptBytes > viewerLimits.keptBytesMax) {
        keptBytes -= kept.shift()?.text.length ?? 0;
      }
      for (const response of streams.keys()) send(response, text);
    },
    add(response, lastEventId, stillMay) {
      if (streams.size >= viewerLimits.viewersMax) return false;
      response.on('close', () => {
        streams.delete(response);
        if (streams.size > 0) return;
        off?.();
        off = null;
        // Nobody was told of what happens from now on.
        kept.length = 0;
        keptBytes = 0;
        number++;
      });
      // Nor of what happened until now: whoever read before, reads again.
      if (streams.size === 0) number++;
      const missed = since(lastEventId);
      streams.set(response, stillMay);
      const start = missed ?? `id: ${position()}\nevent: anew\ndata: {}\n\n`;
      response.write(`retry: ${viewerLimits.retryMs}\n\n${start}`);
      off ??= on();
      return true;
    },
    count: () => streams.size,
    position,
    close() {
      clearInterval(heartbeat);
      for (const response of streams.keys()) response.end();
      off?.();
      off = null;
    },
  };
}
