// What a box said of itself, in words for a terminal.
import type { HealthReport } from '../../contract/health.ts';
import { latencyAtMost } from '../../contract/latency.ts';
import { momentWords } from '../commands/moment.ts';
import { moneyWords } from '../money-words.ts';
import { wearOf } from './wear.ts';

const dayMs = 86_400_000;

export function reportLines(report: HealthReport, heardMs: number): string[] {
  const { link, versions, conditions } = report;
  return [
    `  as it said ${momentWords(heardMs)}:`,
    `  runs release ${report.release}${slotWords(report)} for ${durationWords(report.upMs)}`,
    `  link ${link.kind} for ${durationWords(link.forMs)}, ${link.outages} outage(s) since it started`,
    ...journalLines(report),
    ...exposureWords(report.exposure, 'of').map((words) => `  ${words}`),
    `  catalogue version ${versions.catalogue}, policy version ${versions.policy}`,
    ...certificateLines(report, heardMs),
    ...clockLines(report),
    ...countLines(report),
    ...latencyLines(report),
    ...storeLines(report),
    ...kioskLines(report),
    ...machineLines(report),
    ...wearLines(report),
    ...syntheticLines(report),
    ...conditions.map(({ code, forMs }) => `  ${code}${forMs > 0 ? ` for ${durationWords(forMs)}` : ''}`),
  ];
}

export function exposureWords(exposure: HealthReport['exposure'] | null, how: string): string[] {
  if (!exposure?.currency) return [];
  return [`exposure ${how} ${moneyWords(exposure.totalMinor, exposure.currency)}`];
}

/** What runs, as it was booted. */
function slotWords({ slots }: HealthReport): string {
  if (slots === undefined) return '';
  return slots.running === 'package' ? ' of the package' : ` in slot ${slots.running}`;
}

function journalLines({ journal }: HealthReport): string[] {
  const { journalId, lastSeq, receivedThrough, oldestUnreceivedMs, bytes } = journal;
  const unreceived = Math.max(0, lastSeq - receivedThrough);
  const oldest = oldestUnreceivedMs === null ? [] : [`the oldest for ${durationWords(oldestUnreceivedMs)}`];
  const size = bytes === undefined ? [] : [byteWords(bytes)];
  const words = [`${lastSeq} entries`, `${unreceived} unreceived`, ...oldest, ...size];
  return [`  journal ${journalId}: ${words.join(', ')}`];
}

function certificateLines({ certificateEndsMs }: HealthReport, heardMs: number): string[] {
  if (certificateEndsMs === null) return [];
  const days = Math.floor((certificateEndsMs - heardMs) / dayMs);
  return [`  certificate until ${momentWords(certificateEndsMs)}, ${days} days`];
}

function clockLines({ at }: HealthReport): string[] {
  if (at.central === undefined) return ['  clock: it has not heard central since its machine started'];
  const { ms, uncertaintyMs } = at.central;
  return [`  clock ${at.wallMs - ms} ms off, within ${uncertaintyMs} ms`];
}

function countLines({ verdicts, reasons }: HealthReport): string[] {
  const counted =
    verdicts === undefined ? [] : [`  since it started: ${countsWords(verdicts) || 'no verdicts'}`];
  const why = countsWords(reasons ?? {});
  return why === '' ? counted : [...counted, `  reasons: ${why}`];
}

function countsWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name.replace('approvedOffline', 'approved_offline')}`)
    .join(', ');
}

function latencyLines({ latency, requestErrors = 0 }: HealthReport): string[] {
  if (latency === undefined) return [];
  const hops = [
    ['requests', latency.http],
    ['commits', latency.commit],
    ['receipts', latency.receipt],
  ] as const;
  return hops.flatMap(([name, counts]) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    const within = (share: number) => {
      const ms = latencyAtMost(counts, share);
      return ms === null ? 'above 10 s' : `within ${ms} ms`;
    };
    const failed = name === 'requests' && requestErrors > 0 ? `, ${requestErrors} failed` : '';
    return [`  ${total} ${name}: half ${within(0.5)}, 99 of 100 ${within(0.99)}${failed}`];
  });
}

function storeLines({ store }: HealthReport): string[] {
  if (store === undefined) return [];
  const { queueMax, batchMax, commitMsMax } = store;
  return [`  store at most: ${queueMax} waiting, ${batchMax} in a commit, ${commitMsMax} ms`];
}

function kioskLines({ kiosks }: HealthReport): string[] {
  return kiosks === undefined ? [] : [`  kiosks: ${kiosks.paired} paired, ${kiosks.seen} seen`];
}

function machineLines({ process, machine }: HealthReport): string[] {
  const { loadPercent, memoryFreeBytes, diskFreeBytes, temperatureCelsius } = machine;
  const said = [
    `${Math.round(process.residentBytes / 1e6)} MB resident`,
    process.corePermille === null ? null : `${process.corePermille / 10} % of a core`,
    loadPercent === null ? null : `load ${loadPercent / 100}`,
    temperatureCelsius === null ? null : `${temperatureCelsius} °C`,
  ];
  const free = [
    memoryFreeBytes === null ? null : `${byteWords(memoryFreeBytes)} of memory`,
    diskFreeBytes === null ? null : `${byteWords(diskFreeBytes)} of disk`,
  ];
  const known = (words: readonly (string | null)[]) => words.filter((one) => one !== null).join(', ');
  return [`  ${known(said)}`, ...(known(free) === '' ? [] : [`  free: ${known(free)}`])];
}

function wearLines(report: HealthReport): string[] {
  const wear = wearOf(report);
  if (wear === null) return [];
  const { writtenBytes, writtenBytesPerDay, daysToOverwrite, lifeTenths } = wear;
  const pace = daysToOverwrite === null ? [] : [`written over once in ${daysToOverwrite} days`];
  const life =
    lifeTenths === null
      ? 'does not say how worn it is'
      : lifeTenths > 10
        ? 'past its rated life'
        : `${(lifeTenths - 1) * 10} to ${lifeTenths * 10} % of its rated life used`;
  return [
    `  wrote ${byteWords(writtenBytes)} since the machine started, ${byteWords(writtenBytesPerDay)} a day`,
    `  disk: ${[...pace, life].join(', ')}`,
  ];
}

function syntheticLines({ synthetic }: HealthReport): string[] {
  if (!synthetic) return [];
  const { kind, failure, verdict, hops, atMs } = synthetic;
  const how = kind === 'failed' ? `failed, ${failure}` : kind.replace('_', ' ');
  const reached = Object.entries(hops).flatMap(([hop, ms]) =>
    ms === null ? [] : [`${hop.slice(0, -2)} ${ms} ms`],
  );
  return [
    `  ${[`synthetic checkout of ${momentWords(atMs)}: ${how}`, verdict ?? []].flat().join(', ')}`,
    ...(reached.length === 0 ? [] : [`    ${reached.join(', ')}`]),
  ];
}

function byteWords(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function durationWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}
