// kiosk/README.md is true: each of its programs is typed and run as it stands there, against a real site, and prints what
// stands below it. The address and the pairing code are the running site's.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { generousPolicy } from '../faults/kill-cycles.ts';
import { pairingCode } from '../kiosk-page/shop.ts';
import { newFolder, openShop } from './shop.ts';

const repository = resolve(import.meta.dirname, '..', '..');
const readme = readFileSync(join(repository, 'kiosk', 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kiosk-readme-'));
/** A heading, the program below it, and what it prints. */
const examples = [...readme.matchAll(/^```ts\n(.*?)^```\n\n^```text\n(.*?)^```$/gms)].map(
  ([, program = '', printed = ''], i) => ({ name: `example-${i + 1}.ts`, program, printed }),
);

let siteFolder: string;
let site: Site;
beforeAll(async () => {
  siteFolder = newFolder();
  // Goods wait for their hand-over, as the example of one wants.
  const stock = { ...generousPolicy.stock, taken: 'at_hand_over' as const };
  site = await openShop(siteFolder, { policy: { ...generousPolicy, stock } });
  const code = await pairingCode(site, 'till-1');
  mkdirSync(folder, { recursive: true });
  for (const { name, program } of examples) {
    const placed = program
      .replaceAll(/from '\.\/(.+?)'/g, `from '${join(repository, 'kiosk')}/$1'`)
      .replaceAll('http://127.0.0.1:8080', site.applianceUrl)
      .replaceAll('K7QM-2XRD', code);
    writeFileSync(join(folder, name), placed);
  }
});
afterAll(async () => {
  await site.stop();
  for (const path of [siteFolder, folder]) rmSync(path, { recursive: true });
});

describe('kiosk/README.md', () => {
  it('shows nothing that is not run', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(examples).toHaveLength(readme.match(/^```ts$/gm)?.length ?? 0);
  });

  it('has programs whose types fit', async () => {
    const config = {
      extends: join(repository, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(repository, 'node_modules', '@types')] },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const types = await run(join(repository, 'node_modules', '.bin', 'tsc'), ['-p', folder]);
    expect(types).toEqual({ failed: false, stdout: '', stderr: '' });
  });

  it.each(examples)('$name prints what stands below it', async ({ name, printed }) => {
    expect(await run(process.execPath, [join(folder, name)])).toEqual({
      failed: false,
      stdout: printed,
      stderr: '',
    });
  });
});

function run(command: string, args: string[]) {
  return new Promise<{ failed: boolean; stdout: string; stderr: string }>((done) =>
    execFile(command, args, { cwd: folder, timeout: 50_000 }, (error, stdout, stderr) =>
      done({ failed: error !== null, stdout, stderr }),
    ),
  );
}
