// Metrics as Prometheus reads them: the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
import { assert } from './assert.ts';

export interface Family {
  /** With its unit last: `holdfast_disk_free_bytes`; a counter's ends with `_total`. */
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  samples: Sample[];
}

export type Sample =
  /** Null: it is not known, and so not there. */
  | { labels?: Readonly<Record<string, string>>; value: number | null }
  /** Counts of each bound by itself, the last one of what lies above them; their sum is known only roughly. */
  | {
      labels?: Readonly<Record<string, string>>;
      bounds: readonly number[];
      counts: readonly number[];
      sum: number;
    };

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

export const gauge = (name: string, help: string, ...samples: Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  samples,
});
export const counter = (name: string, help: string, ...samples: Sample[]): Family => {
  assert(name.endsWith('_total'), `the name of the counter ${name} ends with _total`);
  return { name, type: 'counter', help, samples };
};
export const histogram = (name: string, help: string, ...samples: Sample[]): Family => ({
  ...{ name, type: 'histogram', help, samples },
});

/** What every program says of itself. */
export function processFamilies(version: string): Family[] {
  const { user, system } = process.cpuUsage();
  const startedSeconds = Math.round(Date.now() / 1000 - process.uptime());
  return [
    gauge('holdfast_build_info', 'The release that runs.', { labels: { version }, value: 1 }),
    counter('process_cpu_seconds_total', 'Processor time.', { value: (user + system) / 1e6 }),
    gauge('process_resident_memory_bytes', 'Resident memory.', { value: process.memoryUsage.rss() }),
    gauge('process_start_time_seconds', 'When it started.', { value: startedSeconds }),
  ];
}

export function prometheusText(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => {
    const said = samples.flatMap((sample) => linesOf(name, sample));
    return said.length === 0
      ? []
      : [`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} ${type}`, ...said];
  });
  return `${lines.join('\n')}\n`;
}

function linesOf(name: string, sample: Sample): string[] {
  const { labels = {} } = sample;
  if ('value' in sample) return sample.value === null ? [] : [`${name}${labelsText(labels)} ${sample.value}`];
  let below = 0;
  const buckets = [...sample.bounds.map(String), '+Inf'].map((le, i) => {
    below += sample.counts[i] ?? 0;
    return `${name}_bucket${labelsText({ ...labels, le })} ${below}`;
  });
  return [
    ...buckets,
    `${name}_sum${labelsText(labels)} ${sample.sum}`,
    `${name}_count${labelsText(labels)} ${below}`,
  ];
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapedValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapedValue(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
