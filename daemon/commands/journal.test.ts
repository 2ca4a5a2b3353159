// `holdfast journal …` as a technician runs it: the real program on a journal that the store wrote.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainHash, genesisHash } from '../../contract/hash.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { pennies, submit, type TemporaryStore, temporaryStore } from '../store/temporary-store.ts';

const main = mainOf('holdfast');
let shop: TemporaryStore;
let config: string;
beforeAll(() => {
  shop = temporaryStore();
  shop.execute(...[1, 2, 3].map((n) => submit.checkout(n, pennies(n * 100))));
  config = join(shop.folder, 'holdfast.toml');
  writeFileSync(
    config,
    'dataFolder = "."\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n',
  );
});
afterAll(() => shop.remove());

function holdfast(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}
const journal = (verb: string, ...args: string[]) => holdfast('journal', verb, '--config', config, ...args);

describe('holdfast journal', () => {
  it('verifies a journal that another process has open', async () => {
    const { code, stdout } = await journal('verify');
    expect(stdout).toMatch(/^The journal [0-9a-f-]{36} is sound\.\nEntries 1 to 3 are proven/);
    expect(code).toBe(0);
    const asJson = await journal('verify', '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ sound: true, lastSeq: 3, findings: [] });
  });

  it('exports entries that prove themselves by their hashes', async () => {
    const { code, stdout } = await journal('export');
    const lines = stdout.trimEnd().split('\n');
    const exported = lines.map((line) => JSON.parse(line) as { seq: number; hash: string });
    expect(exported.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    let before: Uint8Array = genesisHash;
    for (const [at, { seq, hash }] of exported.entries()) {
      const body = /"entry":(.*)\}$/.exec(lines[at] ?? '')?.[1] ?? '';
      before = chainHash(before, seq, Buffer.from(body));
      expect(Buffer.from(before).toString('hex')).toBe(hash);
    }
    expect(code).toBe(0);
  });

  it('exports a part of it', async () => {
    const { stdout } = await journal('export', '--from', '2', '--through', '2');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ seq: 2, entry: { kind: 'checkout' } });
  });

  it('says that there is no journal, and where it looked', async () => {
    const empty = join(shop.folder, 'empty.toml');
    writeFileSync(
      empty,
      'dataFolder = "nowhere"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n',
    );
    const { code, stderr } = await holdfast('journal', 'verify', '--config', empty);
    expect(stderr).toMatch(/^holdfast: journal_missing: .*nowhere\nhint: /);
    expect(code).toBe(1);
  });

  it.each([['0'], ['two'], ['-1']])('refuses %s as a seq', async (seq) => {
    const { code, stderr } = await journal('export', `--from=${seq}`);
    expect(stderr).toContain('argument_malformed');
    expect(code).toBe(2);
  });
});
