// The packages to try: this release's, and one with an earlier version and another example of a configuration. Its program is
// the same, because no release was packaged before.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '../../provisioning/package/compile.ts';
import { makeDeb } from '../../provisioning/package/deb.ts';
import { type DebPackage, debPackages } from '../../provisioning/package/deb-packages.ts';

export const versions = { before: '0.0.9-1', now: '0.1.0-1' };

export interface Packages {
  before: string;
  now: string;
  central: string;
}

export async function makePackages(
  from: string,
  folder: string,
  architecture: Architecture,
): Promise<Packages> {
  const make = (deb: DebPackage, version: string) => {
    const executable = join(from, `${deb.name}-linux-${architecture}`);
    const bill = `${executable}.cdx.json`;
    const options = { architecture, version, executable, bill, madeAtMs: 0, folder } as const;
    return makeDeb(deb, { ...options, compression: 'none' });
  };
  const [holdfast, central] = debPackages;
  if (!holdfast || !central) throw new Error('there are two packages');
  return {
    before: await make(withOtherExample(holdfast, folder), versions.before),
    now: await make(holdfast, versions.now),
    central: await make(central, versions.now),
  };
}

function withOtherExample(deb: DebPackage, folder: string): DebPackage {
  const other = join(folder, 'other.toml');
  const files = deb.files.map((file) => {
    if (file.to !== 'etc/holdfast/holdfast.toml') return file;
    writeFileSync(other, `# As it was once.\n${readFileSync(file.from, 'utf8')}`);
    return { ...file, from: other };
  });
  return { ...deb, files };
}
