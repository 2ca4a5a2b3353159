// What an executable is made of, in the words of CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): the packages whose
// code is inside, Node with the libraries it is built from, and the SQLite that the addon brings. Pure: the same executable
// gives the same bytes.
import type { Architecture } from './compile.ts';
import type { PackageInside } from './packages-inside.ts';

export interface Inventory {
  program: string;
  release: string;
  commit: string;
  architecture: Architecture;
  /** Of the executable, in hex. */
  sha256: string;
  madeAtMs: number;
  packages: readonly PackageInside[];
  node: { version: string; sha256: string; libraries: Readonly<Record<string, string>> };
  sqlite: { version: string; addonSha256: string };
}

/** Numbers of interfaces, not versions of anything that has flaws of its own. */
const interfaces = ['node', 'modules', 'napi'];
const addonLibrary = 'better-sqlite3';

export function sbomOf(inventory: Inventory): object {
  const { program, release, commit, architecture, sha256, madeAtMs, packages, node } = inventory;
  const root = `${program}@${release}`;
  const nodeRef = `node@${node.version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(madeAtMs).toISOString(),
      component: {
        type: 'application',
        'bom-ref': root,
        name: program,
        version: release,
        licenses: [{ expression: 'Apache-2.0' }],
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        properties: [
          { name: 'holdfast:commit', value: commit },
          { name: 'holdfast:architecture', value: `linux-${architecture}` },
        ],
      },
    },
    components: [
      {
        type: 'platform',
        'bom-ref': nodeRef,
        name: 'node',
        version: node.version,
        description: `bin/node of the npm package node-linux-${architecture} before its symbols are taken out`,
        licenses: [{ expression: 'MIT' }],
        hashes: [{ alg: 'SHA-256', content: node.sha256 }],
        purl: `pkg:npm/node-linux-${architecture}@${node.version}`,
        components: librariesOf(node.libraries),
      },
      ...packages.map((one) => componentOf(one, inventory)),
    ],
    dependencies: [
      { ref: root, dependsOn: [nodeRef, ...packages.map(refOf)] },
      ...packages.map((one) => ({
        ref: refOf(one),
        dependsOn: one.dependsOn.flatMap((position) => packages.slice(position, position + 1).map(refOf)),
      })),
    ],
  };
}

function componentOf(one: PackageInside, { sqlite, architecture }: Inventory): object {
  const { name, version, license, sha512 } = one;
  return {
    type: 'library',
    'bom-ref': refOf(one),
    name,
    version,
    ...(license !== null && { licenses: [{ expression: license }] }),
    ...(sha512 !== null && { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
    purl: refOf(one),
    ...(name === addonLibrary && {
      components: [
        {
          type: 'library',
          'bom-ref': `${addonLibrary}/sqlite@${sqlite.version}`,
          name: 'sqlite',
          version: sqlite.version,
          description: `in the addon linux-${architecture}.node; the program's databases are kept by it`,
          hashes: [{ alg: 'SHA-256', content: sqlite.addonSha256 }],
          purl: `pkg:generic/sqlite@${sqlite.version}`,
        },
      ],
    }),
  };
}

/** What Node says it is built from, such as OpenSSL and V8. */
function librariesOf(versions: Readonly<Record<string, string>>): object[] {
  return Object.entries(versions)
    .filter(([name]) => !interfaces.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, version]) => ({
      type: 'library',
      'bom-ref': `node/${name}@${version}`,
      name,
      version,
      purl: `pkg:generic/${name}@${encodeURIComponent(version)}`,
    }));
}

/** A package URL: https://github.com/package-url/purl-spec. */
function refOf({ name, version }: PackageInside): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

/** Out of the hash, marked as a UUID of one's own making (RFC 9562 §5.8), so that it is the same again. */
function uuidOf(sha256: string): string {
  const hex = `${sha256.slice(0, 12)}8${sha256.slice(13, 16)}8${sha256.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
