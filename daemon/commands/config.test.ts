// `holdfast config …`: the real program on a file with a user's comments.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { configKeys } from '../config.ts';
import { unknownWords } from '../config-words.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
const path = join(folder, 'holdfast.toml');
const written = `# Ours.
dataFolder = "data"
identityFolder = "identity"

[central]
url = "mqtts://central.example:8883" # the main one

[http]
# Behind the counter.
port = 8090
`;
beforeEach(() => writeFileSync(path, written, { mode: 0o640 }));
afterAll(() => rmSync(folder, { recursive: true }));

function config(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = mainOf('holdfast');
  return spawnSync(process.execPath, [main, 'config', ...args, '--config', path], { encoding: 'utf8' });
}

describe('holdfast config', () => {
  it('shows what holds and where it came from', () => {
    const { stdout, status } = config('show');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^http\.port +8090 +file$/m);
    expect(stdout).toMatch(/^http\.ratePerMinute +600 +default$/m);
    expect(stdout).toMatch(new RegExp(`^dataFolder +${join(folder, 'data')} +file$`, 'm'));
    const { values } = JSON.parse(config('show', '--json').stdout);
    expect(values).toContainEqual({ key: 'log.level', value: 'info', from: 'default' });
  });

  it('sets a key, keeps every other byte of the file and its mode, and says how it comes to count', () => {
    const { stdout, status } = config('set', 'http.port', '8091');
    expect(status).toBe(0);
    expect(stdout).toBe('http.port is 8091. To let it count: systemctl restart holdfast\n');
    expect(readFileSync(path, 'utf8')).toBe(written.replace('8090', '8091'));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(config('set', 'log.level', 'debug').stdout).toContain('systemctl reload holdfast');
    expect(config('set', 'http.corsOrigins', '["https://till.example"]').status).toBe(0);
    expect(JSON.parse(config('show', '--json').stdout).values).toContainEqual({
      key: 'http.corsOrigins',
      value: ['https://till.example'],
      from: 'file',
    });
  });

  it.each([
    [['http.prot', '8091'], 'did you mean http.port?'],
    [['port', '8091'], 'did you mean http.port?'],
    [['http.port', 'eighty'], 'http.port: must be'],
    [['http.port', '70000'], 'http.port: must be at most 65535'],
    [['log.level', 'loud'], 'log.level: use "debug" or "info"'],
  ])('refuses %j and leaves the file as it was', (args, words) => {
    const { stderr, status } = config('set', ...args);
    expect(stderr).toContain(words);
    expect(status).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(written);
  });

  it('judges a file: each key that is wrong, with the one that was meant', () => {
    expect(config('validate')).toMatchObject({ status: 0, stdout: `${path} is valid\n` });
    writeFileSync(path, `${written}kioskAut = "required"\n`);
    const { status, stderr } = config('validate');
    expect(stderr).toContain('http.kioskAut: there is no such key; did you mean http.kioskAuth?');
    expect(status).toBe(2);
  });

  it('guesses nothing that is too far away', () => {
    expect(unknownWords('colour', configKeys)).toBe('colour: there is no such key; remove it');
  });
});
