// The texts that dpkg reads of a package. Pure.
import type { Architecture } from './compile.ts';
import type { DebPackage } from './deb-packages.ts';

const maintainer = 'Holdfast maintainers <maintainers@holdfast.example>';

/** What is loaded when the executable starts, what its unit speaks by, and what the scripts call. */
const depends = [
  'libc6 (>= 2.34)',
  'libgcc-s1',
  'libstdc++6 (>= 11)',
  'init-system-helpers (>= 1.54~)',
  // 247: Debian 11. systemd-notify, systemd-sysusers and systemd-tmpfiles come with it.
  'systemd (>= 247)',
];

export function debianArchitecture(architecture: Architecture): 'amd64' | 'arm64' {
  switch (architecture) {
    case 'x64':
      return 'amd64';
    case 'arm64':
      return 'arm64';
  }
}

export function controlFile(
  { name, summary, description }: DebPackage,
  { architecture, version, kibibytes }: { architecture: Architecture; version: string; kibibytes: number },
): string {
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${debianArchitecture(architecture)}`,
    `Maintainer: ${maintainer}`,
    `Installed-Size: ${kibibytes}`,
    `Depends: ${depends.join(', ')}`,
    'Section: misc',
    'Priority: optional',
    `Description: ${summary}`,
    ...description.map((line) => ` ${line}`),
    '',
  ].join('\n');
}

/** One entry: what changed stands in CHANGELOG.md. */
export function debianChangelog(name: string, version: string, madeAtMs: number): string {
  const date = new Date(madeAtMs).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * What changed stands in CHANGELOG.md of the release.\n\n -- ${maintainer}  ${date}\n`;
}
