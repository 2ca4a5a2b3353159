// The daemon of a box as a process of its own, watched through its log and its status.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, vi } from 'vitest';
import type { Status } from '../../contract/kiosk-api.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';

const main = mainOf('holdfast');

export interface Daemon {
  httpPort: number;
  /** The first line of its log that says so. */
  logged(message: string): Promise<Record<string, unknown>>;
  status(): Promise<Status>;
  until(holds: (status: Status) => boolean): Promise<void>;
  /** SIGHUP. */
  reload(): void;
  stop(): Promise<void>;
}

/** @param env beside this process's own */
export async function startDaemon(config: string, env: Record<string, string> = {}): Promise<Daemon> {
  const child = spawn(process.execPath, [main, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  child.stdout.on('data', (data) => {
    const whole = `${rest}${data}`.split('\n');
    rest = whole.pop() ?? '';
    lines.push(...whole.map((line) => JSON.parse(line) as Record<string, unknown>));
  });
  const logged = (message: string) =>
    vi.waitUntil(() => lines.find(({ msg }) => msg === message), { timeout: 45_000, interval: 20 });
  const { httpPort } = await logged('ready');
  const status = async () => (await (await fetch(`http://127.0.0.1:${httpPort}/v1/status`)).json()) as Status;
  return {
    httpPort: Number(httpPort),
    logged,
    status,
    until: (holds: (status: Status) => boolean) =>
      vi.waitFor(async () => expect(await status()).toSatisfy(holds), { timeout: 45_000, interval: 50 }),
    reload: () => child.kill('SIGHUP'),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
