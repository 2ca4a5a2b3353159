// Hands releases to boxes, a bounded piece a request, and no more of them at once than central can spare: whoever comes while
// others are served is told when to come again.
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../kit/clock.ts';
import { architectures } from '../../provisioning/release-list.ts';
import type { LedgerPort } from '../ledger/port.ts';

export const releasesPath = '/.well-known/holdfast/releases/';

export type ReleaseAnswer =
  | { kind: 'text'; text: string }
  | { kind: 'piece'; bytes: Buffer; fromByte: number; totalBytes: number }
  | { kind: 'missing' }
  | { kind: 'range_wrong'; totalBytes: number }
  /** Come again after so long. */
  | { kind: 'busy'; waitMs: number };

export interface ServedReleases {
  /** @param path behind `releasesPath`; @param range the header as it came */
  answer(path: string, range: string | undefined): Promise<ReleaseAnswer>;
}

/** A box asks for as much; whoever asks for more gets as much. */
const pieceBytesMax = 1024 * 1024;
/** Pieces in memory at once. */
const atOnceMax = 16;
/** The pause is drawn by lot, so that those who were sent away together do not come back together. */
const waitMsMin = 5000;
const waitMsMax = 60_000;

export function serveReleases(parts: {
  store: Pick<LedgerPort, 'release'>;
  /** Where the files lie, by their sums. */
  folder: string;
  bytesPerSecondMax: number;
  clock: Pick<Clock, 'monotonicMs'>;
  random(): number;
}): ServedReleases {
  const { store, folder, bytesPerSecondMax, clock, random } = parts;
  let atOnce = 0;
  /** What may be sent now; a second's worth gathers at most. */
  let spareBytes = bytesPerSecondMax;
  let countedMs = clock.monotonicMs();
  const busy = (): ReleaseAnswer => ({
    kind: 'busy',
    waitMs: Math.round(waitMsMin + (waitMsMax - waitMsMin) * random()),
  });

  function mayGo(): boolean {
    const nowMs = clock.monotonicMs();
    spareBytes = Math.min(bytesPerSecondMax, spareBytes + ((nowMs - countedMs) * bytesPerSecondMax) / 1000);
    countedMs = nowMs;
    return spareBytes > 0 && atOnce < atOnceMax;
  }

  async function piece(sha256: string, range: string | undefined): Promise<ReleaseAnswer> {
    const file = join(folder, sha256);
    const totalBytes = await stat(file).then(
      ({ size }) => size,
      () => null,
    );
    if (totalBytes === null) return { kind: 'missing' };
    const asked = rangeOf(range, totalBytes);
    if (asked === null) return { kind: 'range_wrong', totalBytes };
    if (!mayGo()) return busy();
    atOnce++;
    try {
      const bytes = await readPiece(file, asked.fromByte, Math.min(asked.bytes, pieceBytesMax));
      spareBytes -= bytes.length;
      return { kind: 'piece', bytes, fromByte: asked.fromByte, totalBytes };
    } finally {
      atOnce--;
    }
  }

  return {
    async answer(path, range) {
      const [name = '', what = '', more] = path.split('/');
      const release = more === undefined ? await store.release(name) : null;
      if (release === null) return { kind: 'missing' };
      if (what === 'SHA256SUMS') return { kind: 'text', text: release.sums };
      if (what === 'SHA256SUMS.minisig') return { kind: 'text', text: release.signature };
      const architecture = architectures.find((one) => one === what);
      const file = release.files.find((one) => one.architecture === architecture);
      return file ? piece(file.sha256, range) : { kind: 'missing' };
    },
  };
}

/** One range with both ends, or an open one (RFC 9110 §14.1.2); none: from the beginning. */
function rangeOf(range: string | undefined, totalBytes: number): { fromByte: number; bytes: number } | null {
  const [, from = '0', to] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? 'bytes=0-') ?? [null, ''];
  if (from === '') return null;
  const fromByte = Number(from);
  const toByte = to ? Math.min(Number(to), totalBytes - 1) : totalBytes - 1;
  return fromByte > toByte ? null : { fromByte, bytes: toByte - fromByte + 1 };
}

async function readPiece(path: string, fromByte: number, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, fromByte);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
