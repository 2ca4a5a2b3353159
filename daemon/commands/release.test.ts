// The technician's commands for releases, as processes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filled, noSlots, prove, tryOut } from '../release/slots.ts';
import { openSlotsFile } from '../release/slots-file.ts';

const main = resolve(import.meta.dirname, '..', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-release-'));
const config = join(folder, 'holdfast.toml');
const key = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3';
const plain = 'dataFolder = "data"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n';
afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'release', ...words, '--config', config],
    {
      encoding: 'utf8',
    },
  );
  return { status, said: stdout + stderr };
}

describe('holdfast release', () => {
  it('says so on a box that takes none', () => {
    writeFileSync(config, plain);
    expect(run('status')).toMatchObject({ status: 1, said: expect.stringContaining('releases_not_taken') });
  });

  it('shows what starts, and goes back to the package by hand, which central’s wish does not undo', () => {
    writeFileSync(config, `${plain}releases = { folder = "slots", keys = ["${key}"] }\n`);
    const files = openSlotsFile(join(folder, 'slots'));
    const a = { release: '0.2.0', sha256: 'a'.repeat(64), bytes: 1 };
    files.write(prove(tryOut(filled(noSlots, 'a', a), 'a', { rollout: 4, online: true })));
    expect(run('status')).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^starts +release 0\.2\.0 in slot a$/m),
    });
    expect(run('rollback', '--to', 'b')).toMatchObject({
      status: 1,
      said: expect.stringContaining('slot_empty'),
    });
    expect(run('rollback')).toMatchObject({
      status: 0,
      said: expect.stringContaining('systemctl restart holdfast'),
    });
    expect(files.read()).toMatchObject({
      proven: 'package',
      ended: { rollout: 4, step: 'failed', reason: 'rolled_back_by_hand' },
    });
  });
});
