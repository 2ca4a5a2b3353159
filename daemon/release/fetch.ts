// Fetches a release from central in pieces, each durable before the next is asked for, and believes none of it before the
// whole is what the release key signed. What was fetched before a loss of power is not fetched again.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MinisignKey } from '../../kit/minisign.ts';
import { architectureOf } from '../../provisioning/package/elf.ts';
import { type Architecture, executableName, readReleaseList } from '../../provisioning/release-list.ts';
import type { SlotFile } from './slots.ts';

/** Asks central for a part of a file: from a byte on, at most a piece. */
export interface ReleaseSource {
  /** @throws when there is no answer: it is asked again later */
  text(path: string): Promise<string | null>;
  piece(path: string, fromByte: number): Promise<{ bytes: Buffer; totalBytes: number } | null>;
}

export type Fetched =
  | { kind: 'whole'; path: string; file: SlotFile }
  | { kind: 'refused'; reason: FetchRefusal };

/** Asking again would come to the same. */
export type FetchRefusal =
  | 'release_missing'
  | 'release_of_another_architecture'
  | 'signature_wrong'
  | 'release_misnamed'
  | 'file_differs'
  | 'too_large'
  | 'disk_full';

/** Of the disk: left free for the journal, whatever a release takes. */
const diskFreeBytesMin = 256 * 1024 * 1024;

export async function fetchRelease(parts: {
  release: string;
  architecture: Architecture;
  keys: readonly MinisignKey[];
  bytesMax: number;
  /** In which it grows. */
  folder: string;
  source: ReleaseSource;
}): Promise<Fetched> {
  const { release, architecture, keys, source, folder } = parts;
  const sums = await source.text(`${release}/SHA256SUMS`);
  const signature = await source.text(`${release}/SHA256SUMS.minisig`);
  if (sums === null || signature === null) return refused('release_missing');
  const list = readReleaseList(keys, { sums, signature });
  if (list === null) return refused('signature_wrong');
  // Else an old release, rightly signed, could be passed off as the new one.
  if (list.name !== release) return refused('release_misnamed');
  const sha256 = list.sums.get(executableName(architecture));
  if (sha256 === undefined) return refused('release_of_another_architecture');

  const file = join(folder, sha256);
  removeOthers(folder, sha256);
  const grown = await grow({ ...parts, file }, `${release}/${architecture}`);
  if (grown !== 'whole') return refused(grown);
  if ((await sumOf(file)) !== sha256) {
    // Bytes that were changed on the way would stay for ever if they were gone on from.
    rmSync(file);
    return refused('file_differs');
  }
  if (architectureOf(file) !== architecture) {
    rmSync(file);
    return refused('release_of_another_architecture');
  }
  chmodSync(file, 0o700);
  return { kind: 'whole', path: file, file: { release, sha256, bytes: statSync(file).size } };
}

/** What another release left behind: one is put together at a time, so that the folder is bounded. */
function removeOthers(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const other of readdirSync(folder))
    if (other !== name) rmSync(join(folder, other), { recursive: true });
}

async function grow(
  { file, bytesMax, source }: { file: string; bytesMax: number; source: ReleaseSource },
  path: string,
): Promise<'whole' | FetchRefusal> {
  let at = existsSync(file) ? statSync(file).size : 0;
  for (;;) {
    const piece = await source.piece(path, at);
    if (piece === null) return at === 0 ? 'release_missing' : startAgain(file);
    const { bytes, totalBytes } = piece;
    if (totalBytes > bytesMax) return 'too_large';
    if (at > totalBytes || (bytes.length === 0 && at < totalBytes)) return startAgain(file);
    const { bavail, bsize } = statfsSync(dirname(file));
    if (bavail * bsize < totalBytes - at + diskFreeBytesMin) return 'disk_full';
    await append(file, bytes);
    at += bytes.length;
    if (at >= totalBytes) return 'whole';
  }
}

/** What is there is longer than what central has: of another release, or damaged. */
function startAgain(file: string): FetchRefusal {
  rmSync(file, { force: true });
  return 'file_differs';
}

async function append(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sumOf(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(chunk);
  return sum.digest('hex');
}

function refused(reason: FetchRefusal): Fetched {
  return { kind: 'refused', reason };
}
