// What a support bundle holds: what the box says of itself, and nothing that could be used against it. Entries stay here.
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../kit/clock.ts';
import { type Config, readConfig } from '../config.ts';
import { examine } from '../doctor/examine.ts';
import { readAtRest } from '../store/at-rest.ts';
import { openKioskRegistry } from '../store/kiosks/registry.ts';
import { openForReading, orNull } from '../store/salvage/readable.ts';
import { verifyNewest } from '../store/salvage/verify.ts';
import { askDaemon } from './ask-daemon.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';
import { redact } from './redact.ts';

export type DiagnoseOptions = Options & { out?: string };

const run = promisify(execFile);
const logLines = 5000;
const toolMsMax = 20_000;
const toolBytesMax = 32 * 1024 * 1024;
const newestEntries = 10_000;

export async function runDiagnose(options: DiagnoseOptions): Promise<void> {
  const config = readConfig(options.config);
  const now = new Date();
  const files = await collected(config, options.config, now.getTime());
  const stamp = now.toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
  const out = resolve(options.out ?? `holdfast-${await nameOf(config)}-${stamp}.tar.gz`);
  await pack(files, out);
  const words = `${out} holds ${Object.keys(files).join(', ')}.\nSecrets and tokens are taken out; look through it before you send it: tar -tzf ${basename(out)}`;
  print(options, { file: out, holds: Object.keys(files) }, words);
}

/** Each part stands alone: what cannot be had says so in its place. */
async function collected(config: Config, configPath: string, nowMs: number): Promise<Record<string, string>> {
  const part = async (work: () => unknown): Promise<string> => {
    try {
      const said = await work();
      return redact(typeof said === 'string' ? said : `${JSON.stringify(said, null, 2)}\n`);
    } catch (error) {
      return redact(`not to be had: ${(error as Error).message}\n`);
    }
  };
  return {
    'doctor.json': await part(() => examine(config, { thorough: false, nowMs }, () => {})),
    'status.json': await part(() => askDaemon(config)),
    'holdfast.toml': await part(() => readFileSync(configPath, 'utf8')),
    'journal.json': await part(() => journalFacts(config)),
    'kiosks.json': await part(() => kioskNames(config)),
    'certificate.json': await part(() => certificateFacts(config)),
    'files.txt': await part(() => fileList(config.dataFolder)),
    'machine.txt': await part(machineFacts),
    'log.jsonl': await part(() =>
      tool('journalctl', ['-u', 'holdfast', '-n', String(logLines), '--no-pager', '-o', 'cat']),
    ),
  };
}

function journalFacts({ dataFolder }: Config): unknown {
  const db = openForReading(dataFolder);
  if (!db) return { journal: null };
  try {
    const tallies = orNull(() => db.prepare('SELECT kind, verdict, documents FROM tally').all());
    const schema = orNull(() => db.pragma('user_version', { simple: true }));
    return {
      atRest: orNull(() => readAtRest(db)),
      verified: verifyNewest(db, newestEntries),
      tallies,
      schema,
    };
  } finally {
    db.close();
  }
}

/** Their names and what they may do; never their tokens. */
function kioskNames({ dataFolder }: Config): unknown {
  if (!existsSync(join(dataFolder, 'kiosks.db'))) return [];
  const registry = openKioskRegistry(dataFolder, systemClock());
  try {
    return registry.list().kiosks;
  } finally {
    registry.close();
  }
}

function certificateFacts({ identityFolder }: Config): unknown {
  const { subjectAltName, serialNumber, validFrom, validTo, issuer } = new X509Certificate(
    readFileSync(join(identityFolder, 'appliance.crt')),
  );
  return { subjectAltName, serialNumber, validFrom, validTo, issuer };
}

function fileList(folder: string): string {
  const lines = readdirSync(folder).map((name) => {
    const { size, mtime, mode } = statSync(join(folder, name));
    return `${(mode & 0o777).toString(8)} ${String(size).padStart(12)} ${mtime.toISOString()} ${name}`;
  });
  return `${lines.join('\n')}\n`;
}

async function machineFacts(): Promise<string> {
  const parts = ['/etc/os-release', '/proc/meminfo', '/proc/loadavg', '/proc/mounts', '/proc/cpuinfo'];
  const read = parts.map(
    (path) => `== ${path}\n${existsSync(path) ? readFileSync(path, 'utf8') : 'not there'}`,
  );
  const unit = await tool('systemctl', ['status', 'holdfast', '--no-pager', '-n', '0']).catch(
    (error: Error) => error.message,
  );
  return `${read.join('\n')}\n== holdfast.service\n${unit}\n`;
}

async function tool(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { timeout: toolMsMax, maxBuffer: toolBytesMax });
  return stdout;
}

async function nameOf(config: Config): Promise<string> {
  const answered = await askDaemon(config);
  if (answered.kind === 'running') return answered.status.applianceId;
  const path = join(config.identityFolder, 'appliance.crt');
  const named =
    existsSync(path) &&
    /urn:holdfast:appliance:([\w.-]+)/.exec(new X509Certificate(readFileSync(path)).subjectAltName ?? '');
  return named ? (named[1] ?? 'box') : 'box';
}

async function pack(files: Record<string, string>, out: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-diagnose-'));
  const inside = basename(out).replace(/\.tar\.gz$/, '');
  try {
    mkdirSync(join(folder, inside), { mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, inside, name), text, { mode: 0o600 });
    }
    await run('tar', ['-czf', out, '-C', folder, inside], { timeout: toolMsMax });
  } catch (error) {
    const hint = 'Name a place that may be written with --out, and see that tar is installed.';
    // Of a tool that failed, its first own line; else the system's.
    const { stderr, message } = error as Error & { stderr?: string };
    const [why] = (stderr || message).split('\n');
    throw new CommandError('bundle_not_written', `${out}: ${why}`, hint, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
