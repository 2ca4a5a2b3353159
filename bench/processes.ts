// The processes a bench drives: the server under test and the load, each of its own, so that neither flatters the other.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { StoreKind } from './accept-server.ts';
import type { LoadOptions, LoadResult } from './load.ts';

/** As package.json starts the daemon. */
const nodeFlags = [
  '--v8-pool-size=1',
  '--expose-gc',
  '--initial-old-space-size=64',
  '--no-memory-protection-keys',
];
const file = (name: string) => join(import.meta.dirname, name);

export interface BenchServer {
  port: number;
  stop(): Promise<void>;
}

export async function startServer(kind: StoreKind, folder: string): Promise<BenchServer> {
  const child = spawn(process.execPath, [...nodeFlags, file('accept-server.ts'), kind, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { port } = JSON.parse(await firstLine(child)) as { port: number };
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  return startLoad(options).result;
}

/** @returns the load's result, and how to end it before its time */
export function startLoad(options: LoadOptions): { result: Promise<LoadResult>; end(): void } {
  const running = promisify(execFile)(process.execPath, [file('load.ts'), JSON.stringify(options)]);
  return {
    end: () => void running.child.kill('SIGTERM'),
    result: running.then(({ stdout }) => {
      const result = JSON.parse(stdout) as LoadResult;
      if (result.errors === 0) return result;
      throw new Error(`${result.errors} of ${result.requests} requests were not answered 201`);
    }),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
}
