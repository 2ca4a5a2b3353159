// The bill of materials of an executable, as a file beside it: what is known of its parts, gathered from where each is known.
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { addonOf, repository } from './compile.ts';
import type { Executable } from './executable.ts';
import { nodeSums } from './node-runtime.ts';
import type { Origin } from './origin.ts';
import { Lock, packagesInside } from './packages-inside.ts';
import { sbomOf } from './sbom.ts';

/** @returns the file: the executable's name with .cdx.json, as CycloneDX wants it to be called */
export function writeBill(
  { program, architecture, file, sources }: Executable,
  sha256: string,
  { commit, madeAtMs }: Origin,
): string {
  const lock = Lock.parse(JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')));
  const addon = readFileSync(join(repository, addonOf(architecture)));
  const bill = sbomOf({
    program,
    release: packageJson.version,
    commit,
    architecture,
    sha256,
    madeAtMs,
    packages: packagesInside(sources, lock),
    node: {
      version: process.versions.node,
      sha256: nodeSums[architecture],
      // One release of Node is built from the same sources for every processor.
      libraries: definedOnly(process.versions),
    },
    sqlite: { version: sqliteVersion(), addonSha256: hash('sha256', addon) },
  });
  const to = `${file}.cdx.json`;
  writeFileSync(to, `${JSON.stringify(bill, null, 2)}\n`);
  return to;
}

/** As the appliance says it from its sources: the addons of one release of the library hold the same SQLite. */
function sqliteVersion(): string {
  const main = join(repository, 'daemon', 'main.ts');
  const said = execFileSync(process.execPath, [main, 'version', '--json'], { encoding: 'utf8' });
  return (JSON.parse(said) as { sqlite: string }).sqlite;
}

function definedOnly(versions: NodeJS.ProcessVersions): Record<string, string> {
  return Object.fromEntries(Object.entries(versions).flatMap(([name, one]) => (one ? [[name, one]] : [])));
}
