// What a program says of itself: its release, what it was built from, and what it runs on.
import packageJson from '../package.json' with { type: 'json' };

export interface Versions {
  program: string;
  release: string;
  /** What it was built from; null when it runs from its sources. */
  commit: string | null;
  node: string;
  sqlite: string;
  openssl: string;
  architecture: string;
}

/** Written in by the packaging. */
declare const HOLDFAST_COMMIT: string;
declare const HOLDFAST_MADE_AT_MS: number;

/** No release is older than this line. */
const firstReleaseMs = Date.UTC(2026, 10, 1);
/** When what runs here was made: a moment that has surely come, whatever the clock says. */
export const releaseMadeAtMs =
  typeof HOLDFAST_MADE_AT_MS === 'undefined' ? firstReleaseMs : Math.max(firstReleaseMs, HOLDFAST_MADE_AT_MS);

/** @param sqlite the version of the library that keeps this program's database */
export function versionsOf(program: string, sqlite: string): Versions {
  return {
    program,
    release: packageJson.version,
    commit: typeof HOLDFAST_COMMIT === 'undefined' ? null : HOLDFAST_COMMIT,
    node: process.versions.node,
    sqlite,
    openssl: process.versions.openssl,
    architecture: process.arch,
  };
}

export function versionWords({
  program,
  release,
  commit,
  node,
  sqlite,
  openssl,
  architecture,
}: Versions): string {
  return [
    `${program} ${release}${commit ? ` (commit ${commit})` : ' from its sources'}`,
    `Node ${node}, SQLite ${sqlite}, OpenSSL ${openssl}, ${architecture}`,
  ].join('\n');
}
