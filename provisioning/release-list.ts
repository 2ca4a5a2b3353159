// A release as it is signed: SHA256SUMS, which names every file of it, and its signature, whose comment names the release.
// Central reads it where a release is added, and each box again before it believes a byte.
import { ReleaseName } from '../contract/release.ts';
import { type MinisignKey, verifyMinisign } from '../kit/minisign.ts';

export type Architecture = 'x64' | 'arm64';
export const architectures: readonly Architecture[] = ['x64', 'arm64'];

export interface ReleaseList {
  name: string;
  /** SHA-256 by the name of the file, lower-case hex. */
  sums: ReadonlyMap<string, string>;
}

/** As `npm run package` names the executable of a box. */
export function executableName(architecture: Architecture): string {
  return `holdfast-linux-${architecture}`;
}

/** null: none of the keys signed it, or what was signed is no list of a release. */
export function readReleaseList(
  keys: readonly MinisignKey[],
  { sums, signature }: { sums: string; signature: string },
): ReleaseList | null {
  const comment = verifyMinisign(keys, Buffer.from(sums), signature);
  const name = ReleaseName.safeParse(/^holdfast ([^ ,]+), commit /.exec(comment ?? '')?.[1]);
  if (!name.success) return null;
  const lines = sums.trimEnd().split('\n');
  const read = lines.map((line) => /^([0-9a-f]{64}) {2}([\w.+~-]{1,128})$/.exec(line));
  if (read.includes(null)) return null;
  return { name: name.data, sums: new Map(read.map((each) => [each?.[2] ?? '', each?.[1] ?? ''])) };
}
