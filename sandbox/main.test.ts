import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../kit/listen.ts';

const main = resolve(import.meta.dirname, 'main.ts');
const started: ChildProcess[] = [];

function begin(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { child, ended: ended.then(([[code], stdout, stderr]) => ({ code, stdout, stderr })) };
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('holdfast-sandbox', () => {
  it('says where it listens, answers there, and ends in order with a call left open', async () => {
    const { child, ended } = begin('--port', '0', '--json');
    const [line] = await once(child.stdout, 'data');
    const { url, clock } = JSON.parse(String(line)) as { url: string; clock: string };
    expect(clock).toBe('system');
    const form = 'amount=1&currency=gbp&payment_method=pm_sandbox_hang&confirm=true';
    const headers = { Authorization: 'Bearer sk_test_any' };
    const hanging = fetch(`${url}/v1/payment_intents`, { method: 'POST', body: form, headers }).catch(
      () => 'cut off',
    );
    while (!(await (await fetch(`${url}/sandbox/calls`)).text()).includes('"hang"'));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(await hanging).toBe('cut off');
  });

  it('shows examples in its help', async () => {
    const { code, stdout } = await begin('--help').ended;
    expect(code).toBe(0);
    expect(stdout).toContain('npm run sandbox -- --port 4010 --clock manual');
  });

  it.each([[['--port', '70000']], [['--clock', 'broken']], [['--nonsense']]])(
    'ends with 2 on %j',
    async (args) => {
      const { code, stderr } = await begin(...args).ended;
      expect(code).toBe(2);
      expect(stderr).toContain('Usage: holdfast-sandbox');
    },
  );

  it('ends with 1 and a hint when its port is taken', async () => {
    const server = createServer();
    const port = await listen(server, 0, '127.0.0.1');
    const { code, stderr } = await begin('--port', String(port)).ended;
    server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^EADDRINUSE: .*\nChoose another port/);
  });
});
