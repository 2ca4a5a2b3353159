// What each Debian package is, and what lies where in it.
import { join } from 'node:path';
import { repository } from './compile.ts';
import type { ProgramParts } from './programs.ts';

export interface PlacedFile {
  /** In the package, without a slash before it. */
  to: string;
  from: string;
  mode: 0o644 | 0o755 | 0o640;
  /** Written as gzip. */
  gzip?: true;
}

export interface DebPackage {
  name: ProgramParts['name'];
  summary: string;
  /** A paragraph, as lines. */
  description: readonly string[];
  /** Kept as the administrator has them when the package is upgraded. */
  conffiles: readonly string[];
  files: readonly PlacedFile[];
}

/** The folder of what is packages' alone: scripts, manual pages, the example of a configuration. */
export const debianFolder = join(import.meta.dirname, 'debian');

export const scripts = ['postinst', 'prerm', 'postrm'] as const;

export const debPackages: readonly DebPackage[] = [
  {
    name: 'holdfast',
    summary: 'appliance that keeps a site selling when its link does not hold',
    description: [
      'Answers the kiosks of a micro-fulfilment site over the local network, judges',
      'each checkout on the spot, writes it down durably, and hands it to central',
      'whenever there is a link.',
    ],
    conffiles: ['/etc/holdfast/holdfast.toml'],
    files: [
      placed('etc/holdfast/holdfast.toml', join(debianFolder, 'holdfast', 'holdfast.toml'), 0o640),
      ...units('holdfast.service', 'holdfast-renew.service', 'holdfast-renew.timer'),
      ...shared('holdfast'),
    ],
  },
  {
    name: 'holdfast-central',
    summary: 'settlement service for all sites that Holdfast appliances serve',
    description: [
      'Takes the entries of every appliance, charges payment processors by token,',
      'keeps the ledger in double entry, and says what became of each checkout.',
    ],
    // None: its unit waits for a configuration, so that one that came along would start it before it is set up.
    conffiles: [],
    files: [
      ...units('holdfast-central.service'),
      ...shared('holdfast-central'),
      ...monitoring('holdfast-central'),
    ],
  },
];

function placed(to: string, from: string, mode: PlacedFile['mode'] = 0o644): PlacedFile {
  return { to, from, mode };
}

function units(...names: string[]): PlacedFile[] {
  return names.map((name) => placed(`usr/lib/systemd/system/${name}`, join(repository, 'systemd', name)));
}

/** For a Prometheus and a Grafana that are there. */
function monitoring(name: string): PlacedFile[] {
  const files = [
    'prometheus.yml',
    'holdfast.rules.yml',
    'holdfast.rules.test.yml',
    'holdfast-dashboard.json',
  ];
  return files.map((file) =>
    placed(
      `usr/share/doc/${name}/monitoring/${file}`,
      join(repository, 'docs', 'operations', 'monitoring', file),
    ),
  );
}

function shared(name: string): PlacedFile[] {
  const account = ['sysusers.d', 'tmpfiles.d'].map((folder) =>
    placed(`usr/lib/${folder}/${name}.conf`, join(repository, 'systemd', folder, `${name}.conf`)),
  );
  const manual = placed(`usr/share/man/man1/${name}.1.gz`, join(debianFolder, name, `${name}.1`));
  return [
    ...account,
    { ...manual, gzip: true },
    placed(`usr/share/doc/${name}/copyright`, join(debianFolder, 'copyright')),
    placed(`usr/share/lintian/overrides/${name}`, join(debianFolder, 'lintian-overrides')),
  ];
}
