// Where spans go, which may change while the box runs: to a collector, to another one, or nowhere.
import type { SpanExporter } from '../../kit/spans.ts';

export interface SpanTarget extends SpanExporter {
  /** From now on; what waits for the one before is still sent there. */
  goTo(url: string | null): void;
}

export function openSpanTarget(url: string | null, open: (url: string) => SpanExporter): SpanTarget {
  let current = url === null ? null : open(url);
  let to = url;
  let dropped = 0;
  const leaving = new Set<Promise<void>>();

  const leave = (exporter: SpanExporter) => {
    dropped += exporter.dropped;
    const left = exporter.stop().finally(() => leaving.delete(left));
    leaving.add(left);
  };

  return {
    get dropped() {
      return dropped + (current?.dropped ?? 0);
    },
    add: (span) => current?.add(span),
    goTo(next) {
      if (next === to) return;
      if (current) leave(current);
      to = next;
      current = next === null ? null : open(next);
    },
    async stop() {
      if (current) leave(current);
      current = null;
      await Promise.all(leaving);
    },
  };
}
