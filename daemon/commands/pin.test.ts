// `holdfast pin` as a technician runs it: at a terminal, for a program, and with what it refuses.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { isPin, readPin } from '../technician/pin-file.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-pin-command-'));
const main = mainOf('holdfast');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'case-'));
  writeFileSync(
    join(folder, 'holdfast.toml'),
    'dataFolder = "data"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n',
  );
});
afterAll(() => rmSync(base, { recursive: true }));

const pin = (args: string[], input = '') =>
  spawnSync(process.execPath, [main, 'pin', ...args, '--config', 'holdfast.toml'], {
    encoding: 'utf8',
    cwd: folder,
    input,
  });
const isSet = async (digits: string) => {
  const standing = readPin(join(folder, 'data'));
  return standing.kind === 'set' && (await isPin(standing.pin, digits));
};

/** At a terminal of its own, answering each question once it stands there; what the terminal showed. */
async function atTerminal(answers: readonly string[]): Promise<{ code: number | null; shown: string }> {
  const line = `'${process.execPath}' '${main}' pin set --config holdfast.toml`;
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder });
  const left = [...answers];
  let shown = '';
  let asked = 0;
  child.stdout.on('data', (data) => {
    shown += data;
    const questions = shown.match(/(digits|again): /g)?.length ?? 0;
    if (questions > asked) {
      asked = questions;
      child.stdin.write(`${left.shift() ?? ''}\r`);
    }
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, shown };
}

describe('holdfast pin', () => {
  it('asks twice at a terminal, shows nothing of what is typed, and says where the page is', async () => {
    const { code, shown } = await atTerminal(['830527', '830527']);
    expect(shown).toContain('The PIN is set. The technician’s page: http://127.0.0.1:8080/');
    expect(shown).not.toContain('830527');
    expect(code).toBe(0);
    expect(await isSet('830527')).toBe(true);
    expect(await isSet('830528')).toBe(false);
  });

  it('changes nothing when the two differ, and does not ask twice for one that it refuses', async () => {
    const differ = await atTerminal(['830527', '830528']);
    expect(differ).toMatchObject({ code: 2, shown: expect.stringContaining('not the same') });
    const easy = await atTerminal(['123456', '123456']);
    expect(easy).toMatchObject({ code: 2, shown: expect.stringContaining('pin_refused') });
    expect(easy.shown).not.toContain('again');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('takes it from a program, keeps its hash alone in a file for the owner alone, and takes it away', async () => {
    expect(pin(['set', '--stdin'], '830527\n')).toMatchObject({ status: 0, stderr: '' });
    const file = join(folder, 'data', 'technician-pin.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('830527');
    const before = readFileSync(file, 'utf8');
    expect(JSON.parse(pin(['set', '--stdin', '--json'], '830527').stdout)).toEqual({ set: true });
    expect(readFileSync(file, 'utf8'), 'another salt').not.toBe(before);
    expect(JSON.parse(pin(['clear', '--json']).stdout)).toEqual({ cleared: true });
    expect(existsSync(file)).toBe(false);
    expect(pin(['clear'])).toMatchObject({ status: 0, stdout: 'There was no PIN.\n' });
  });

  it.each([
    [['set'], '', /^holdfast: not_confirmed: .*\nhint: Give it by --stdin/],
    [['set', '--stdin'], '', /^holdfast: pin_refused: a PIN is 6 to 12 digits\nhint: /],
    [['set', '--stdin'], '111111', /^holdfast: pin_refused: .*anybody tries\nhint: /],
    [['set', '830527'], '', /too many arguments/],
  ])('%j with %j ends with 2, and says what to do', (args, input, message) => {
    const { status, stdout, stderr } = pin(args, input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it.each(['set', 'clear'])('%s explains itself, with examples', (name) => {
    const { status, stdout } = spawnSync(process.execPath, [main, 'pin', name, '--help'], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}holdfast pin ${name}`));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(79);
  });
});
