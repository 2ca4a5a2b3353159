// An empty box and the slip for it: the technician's commands as processes, against a central that really listens.
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withPort } from '../../central/commands/open-store.ts';
import { hashCode, newCode, plainCode } from '../../central/enrolment/code.ts';
import type { TestSite } from '../../central/fixtures/site.ts';
import { present } from '../../kit/assert.ts';
import { listen } from '../../kit/listen.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';

const main = mainOf('holdfast');

export interface Ran {
  /** Null when it was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Box {
  folder: string;
  config: string;
  identity: string;
  data: string;
  /** `holdfast WORDS… --config …`; `by` is a program to run it under. */
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  remove(): void;
}

interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  by?: readonly string[];
  /** Kills it with -9 as soon as it has printed that many lines. */
  killAfterLines?: number;
}

export function newBox(): Box {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-box-'));
  const config = join(folder, 'holdfast.toml');
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    config,
    '# this box\ndataFolder = "data"\nidentityFolder = "identity"\n\n[http]\nport = 0 # any\n',
  );
  return {
    folder,
    config,
    identity: join(folder, 'identity'),
    data: join(folder, 'data'),
    run: (words, options = {}) => run([...words, '--config', config], options),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function run(
  words: readonly string[],
  { input, env = {}, by = [], killAfterLines }: RunOptions,
): Promise<Ran> {
  const [program = process.execPath, ...rest] = [...by, process.execPath, main, ...words];
  const child = spawn(program, rest, { env: { ...process.env, ...env } });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    ran.stdout += data;
    if (ran.stdout.split('\n').length - 1 >= (killAfterLines ?? Number.POSITIVE_INFINITY))
      child.kill('SIGKILL');
  });
  child.stderr.on('data', (data) => {
    ran.stderr += data;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  return new Promise((done) => child.on('close', (code) => done({ ...ran, code })));
}

/** The JSON of a slip, with a code that central knows. */
export async function newSlip(
  site: TestSite,
  estPort: number,
  { applianceId = 'leeds-1', newSite = true, expiresMs = Date.now() + 86_400_000 } = {},
): Promise<string> {
  const code = newCode();
  const codeHash = hashCode(present(plainCode(code), 'a code that was just made'));
  const enrolment = { site: 'leeds', newSite, applianceId, codeHash, expiresMs };
  const command = { actor: { kind: 'command' as const, user: 'tester', from: 'bench' }, nowMs: Date.now() };
  await withPort(site.dataFolder, (port) => port.createEnrolment(enrolment, command));
  return JSON.stringify({
    v: 1,
    est: `https://localhost:${estPort}`,
    appliance: applianceId,
    code,
    root: `sha256:${rootSha256(site.authority)}`,
  });
}

function rootSha256(authority: string): string {
  const root = new X509Certificate(readFileSync(join(authority, 'root', 'root.crt')));
  return root.fingerprint256.replaceAll(':', '').toLowerCase();
}

export interface Wire {
  port: number;
  /** The connection of this number, from 1 on, is cut: before anything passes, or when central has been heard but not the end. */
  cut(number: number, where: 'at_once' | 'in_the_answer'): void;
  connections(): number;
  close(): Promise<void>;
}

/** A wire between box and central that can be cut. */
export async function layWire(toPort: number): Promise<Wire> {
  let count = 0;
  let cutAt = { number: 0, where: 'at_once' };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    count++;
    const cut = count === cutAt.number ? cutAt.where : 'nowhere';
    if (cut === 'at_once') {
      near.destroy();
      return;
    }
    const far = connect(toPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far);
    if (cut === 'nowhere') {
      far.pipe(near);
      return;
    }
    // In TLS 1.3 the client needs one flight of the server to ask; what comes after that is withheld to the end.
    let flights = 0;
    near.on('data', () => flights++);
    far.on('data', (data) => flights < 2 && near.write(data));
  });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    port,
    cut(number, where) {
      count = 0;
      cutAt = { number, where };
    },
    connections: () => count,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
