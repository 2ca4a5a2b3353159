// Where spans go, which may change while the box runs: to a collector, to another one, or nowhere.
import type { SpanExporter } from '../../kit/spans.ts';

export interface Collector {
  url: string;
  headers: Record<string, string>;
}

export interface SpanTarget extends SpanExporter {
  /** From now on; what waits for the one before is still sent there. */
  goTo(collector: Collector | null): void;
}

export function openSpanTarget(open: (collector: Collector) => SpanExporter): SpanTarget {
  let current: SpanExporter | null = null;
  let to = JSON.stringify(null);
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
    goTo(collector) {
      const next = JSON.stringify(collector);
      if (next === to) return;
      if (current) leave(current);
      to = next;
      current = collector && open(collector);
    },
    async stop() {
      if (current) leave(current);
      current = null;
      await Promise.all(leaving);
    },
  };
}
