import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProgram, type Program, type ProgramOptions } from './program.ts';

const programs: Program[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.kill();
});

const sayReady = `console.log(JSON.stringify({ msg: 'ready', httpPort: 7 }));`;
const stayAlive = 'setInterval(() => {}, 1000);';

/** A real process that runs the given script. */
function program(script: string, options: Partial<ProgramOptions> = {}): Program {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, script);
  const made = createProgram({
    name: 'sample',
    args: [file],
    logFile: join(folder, 'sample.log'),
    pidFile: join(folder, 'sample.pid'),
    ...options,
  });
  programs.push(made);
  return made;
}

describe('a program', () => {
  it('is ready with the fields of its ready line, and ends in order', async () => {
    const crashes: string[] = [];
    const onTerm = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });`;
    const one = program(`console.log('not JSON'); ${onTerm} ${sayReady} ${stayAlive}`, {
      onCrash: (how) => crashes.push(how),
    });
    expect(await one.start()).toMatchObject({ httpPort: 7 });
    expect(one.pid()).toBeGreaterThan(1);
    await one.stop();
    expect(one.pid()).toBeNull();
    expect(readFileSync(one.logFile, 'utf8')).toMatch(/^not JSON\n.*ready.*\nbye\n$/s);
    expect(crashes).toEqual([]);
  });

  it('is killed, and started again as often as wanted', async () => {
    const one = program(`process.on('SIGTERM', () => {}); ${sayReady} ${stayAlive}`);
    for (let i = 0; i < 3; i++) {
      await one.start();
      await one.kill();
    }
    expect(one.pid()).toBeNull();
  });

  it('is killed when it does not stop in time', async () => {
    const one = program(`process.on('SIGTERM', () => {}); ${sayReady} ${stayAlive}`, { stopMsMax: 200 });
    await one.start();
    await one.stop();
    expect(one.pid()).toBeNull();
  });

  it('that ends instead of getting ready says its last words', async () => {
    const one = program(`console.error('the disk is gone'); process.exit(3);`);
    await expect(one.start()).rejects.toMatchObject({
      code: 'program_not_ready',
      message: expect.stringMatching(/ended with code 3\n.*the disk is gone/s),
    });
  });

  it('that says nothing is given up and killed', async () => {
    const one = program(stayAlive, { readyMsMax: 300 });
    await expect(one.start()).rejects.toMatchObject({ code: 'program_not_ready' });
    expect(one.pid()).toBeNull();
  });

  it('that falls over by itself is reported', async () => {
    const crashes: string[] = [];
    const one = program(`${sayReady} setTimeout(() => process.exit(1), 50);`, {
      onCrash: (how) => crashes.push(how),
    });
    await one.start();
    await expect.poll(() => crashes).toEqual(['ended with code 1']);
    expect(one.pid()).toBeNull();
  });

  it('keeps a line with a secret out of its log file', async () => {
    const seen: unknown[] = [];
    const one = program(`console.log('{"operatorKey":"hush"}'); ${sayReady} ${stayAlive}`, {
      onLine(fields) {
        if (fields.operatorKey === undefined) return false;
        seen.push(fields.operatorKey);
        return true;
      },
    });
    await one.start();
    await one.stop();
    expect(seen).toEqual(['hush']);
    expect(readFileSync(one.logFile, 'utf8')).not.toContain('hush');
  });

  it.runIf(existsSync('/proc/self/cmdline'))(
    'ends what a killed trial has left behind, and nobody else',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'program-'));
      const file = join(folder, 'program.mjs');
      writeFileSync(file, `${sayReady} ${stayAlive}`);
      const left = spawn(process.execPath, [file]);
      const stranger = spawn(process.execPath, ['-e', stayAlive]);
      const gone = new Promise((resolve) => left.on('exit', (_, signal) => resolve(signal)));
      const pidFile = join(folder, 'sample.pid');
      writeFileSync(pidFile, String(left.pid));
      const one = program('', { args: [file], pidFile });
      await one.start();
      expect(await gone).toBe('SIGTERM');
      await one.stop();

      writeFileSync(pidFile, String(stranger.pid));
      await one.start();
      expect(stranger.exitCode).toBeNull();
      expect(stranger.signalCode).toBeNull();
      stranger.kill();
    },
  );
});
