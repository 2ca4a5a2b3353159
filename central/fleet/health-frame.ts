// Reports from one `health` frame: signed by the appliance, within bounds, each in the shape of a report. Nothing of them is
// believed beyond that it was said.
import { hash, type KeyObject } from 'node:crypto';
import { HealthHeader, HealthReport } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import { decompress, decompressSync } from '../../kit/zstd.ts';
import { openFrame } from '../intake/open-frame.ts';

export type ReadReports =
  | { kind: 'read'; reports: HealthReport[] }
  | { kind: 'ignored'; reason: 'frame_malformed' | 'signature_wrong' };

const frameBytesMax = limits.healthReportsMax * limits.healthReportBytesMax + 4096;
/** One report is some 600 bytes: to hand it to another thread and back costs four times what it takes. */
const smallBytesMax = 2048;
const smallFrameBytesMax = 16 * 1024;
const malformed: ReadReports = { kind: 'ignored', reason: 'frame_malformed' };

export async function readReports(
  applianceId: string,
  payload: Buffer,
  publicKey: KeyObject,
): Promise<ReadReports> {
  const frame = smallFrame(payload) ?? (await decompress(payload, frameBytesMax));
  if (frame === null) return malformed;
  const opened = openFrame('health', applianceId, frame, publicKey);
  if (opened.kind === 'ignored') return opened;
  const header = HealthHeader.safeParse(opened.header);
  if (!header.success || header.data.count !== opened.items.length) return malformed;
  if (header.data.digest !== digestOf(opened.items)) return malformed;
  const reports = opened.items.map((item) => HealthReport.safeParse(parseJson(item)));
  // A newer release says more than this one knows: it is not known to say something else.
  if (reports.some(({ success }) => !success)) return malformed;
  return { kind: 'read', reports: reports.flatMap(({ data }) => (data ? [data] : [])) };
}

/** Null: it is no small one, or none at all. */
function smallFrame(payload: Buffer): Buffer | null {
  return payload.length <= smallBytesMax ? decompressSync(payload, smallFrameBytesMax) : null;
}

function digestOf(items: readonly Buffer[]): string {
  const newline = Buffer.from('\n');
  return hash('sha256', Buffer.concat(items.flatMap((item) => [item, newline])));
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
