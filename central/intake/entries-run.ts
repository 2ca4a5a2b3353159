// A run of raw entries read from one `entries` frame. Runs on the store's thread: this is the work of every entry.
import type { KeyObject } from 'node:crypto';
import { limits } from '../../contract/limits.ts';
import { EntriesHeader } from '../../contract/sync.ts';
import { decompressSync } from '../../kit/zstd.ts';
import { openFrame } from './open-frame.ts';

export interface EntriesRun {
  journalId: string;
  firstSeq: number;
  previousHash: Buffer;
  lastHash: Buffer;
  bodies: Buffer[];
}

export type IgnoredReason = 'frame_malformed' | 'signature_wrong' | 'appliance_unknown' | 'chain_broken';

/** What surrounds the items: the header line, the signature line and a newline an item. */
const frameSlackBytes = 64 * 1024;

/** Decompresses within the bound, checks the signature, then the shape. */
export function readEntriesRun(
  applianceId: string,
  payload: Uint8Array,
  publicKey: KeyObject,
): EntriesRun | { ignored: IgnoredReason } {
  const frame = decompressSync(payload, limits.frameRawBytesMax + frameSlackBytes);
  if (frame === null) return { ignored: 'frame_malformed' };
  const opened = openFrame('entries', applianceId, frame, publicKey);
  if (opened.kind === 'ignored') return { ignored: opened.reason };
  const header = EntriesHeader.safeParse(opened.header);
  if (!header.success || header.data.count !== opened.items.length) return { ignored: 'frame_malformed' };
  if (opened.items.some((item) => item.length === 0 || item.length > limits.entryBytesMax)) {
    return { ignored: 'frame_malformed' };
  }
  return {
    journalId: header.data.journalId,
    firstSeq: header.data.firstSeq,
    previousHash: Buffer.from(header.data.previousHash, 'hex'),
    lastHash: Buffer.from(header.data.lastHash, 'hex'),
    bodies: opened.items,
  };
}
