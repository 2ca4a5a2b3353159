// One of the two programs as a real process of its own: started, watched through its log, stopped in order or killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from '../kit/node-flags.ts';
import { TrialError } from './error.ts';

/** A line of a program's log. */
export type LogFields = Record<string, unknown>;

/** An executable and the words before a program's own arguments. */
export type Command = readonly [executable: string, ...words: string[]];

/** A program's file, or none yet, run by Node as package.json runs both programs. */
export function onNode(...file: string[]): Command {
  return [process.execPath, ...nodeFlags, ...file];
}

export interface ProgramOptions {
  /** For messages and file names. */
  name: string;
  /** What runs it, before its arguments: Node with the flags of both programs unless told. */
  command?: Command;
  /** Its arguments; to Node the program's file first. */
  args: readonly string[];
  /** The whole log, of every start, appended. */
  logFile: string;
  /** The process as long as it lives, so that one left behind by a killed trial can be ended. */
  pidFile: string;
  /** Sees each line as it comes; true keeps the line out of the log file: it holds a secret. */
  onLine?: (fields: LogFields) => boolean;
  /** The line that says that it is ready; the one with the message "ready" unless told. */
  isReady?: (fields: LogFields) => boolean;
  /** What of its command line nobody else's has; the last argument unless told. */
  mark?: string;
  /** The process was ready and ended though nobody asked it to. */
  onCrash?: (how: string) => void;
  readyMsMax?: number;
  stopMsMax?: number;
}

export interface Program {
  name: string;
  logFile: string;
  pid(): number | null;
  /**
   * Starts the process; resolves with the fields of its "ready" line.
   * @throws TrialError program_not_ready when it ends or stays silent, with its last lines
   */
  start(): Promise<LogFields>;
  /** SIGTERM, and SIGKILL when that is not enough in time. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash or the out-of-memory killer does. Resolves when the process is gone. */
  kill(): Promise<void>;
}

interface Running {
  child: ChildProcess;
  /** Resolves with how it ended. */
  ended: Promise<string>;
  /** `starting` until its "ready" line; `ending` once we have asked it to end. */
  phase: 'starting' | 'ready' | 'ending';
}

const lastLinesMax = 5;
const compileCache = join(tmpdir(), 'holdfast-compile-cache');

export function createProgram(options: ProgramOptions): Program {
  const { name, logFile, pidFile, readyMsMax = 20_000, stopMsMax = 10_000 } = options;
  const [executable, ...before] = options.command ?? onNode();
  const { isReady = ({ msg }) => msg === 'ready', mark = options.args.at(-1) ?? name } = options;
  let running: Running | null = null;

  /** Sends the signal and waits; resolves false when the process is still there after `msMax`. */
  async function end(signal: NodeJS.Signals, msMax: number): Promise<boolean> {
    if (!running) return true;
    running.phase = 'ending';
    running.child.kill(signal);
    const giveUp = new AbortController();
    const gone = await Promise.race([
      running.ended.then(() => true),
      sleep(msMax, false, { signal: giveUp.signal, ref: true }).catch(() => false),
    ]);
    giveUp.abort();
    return gone;
  }

  return {
    name,
    logFile,
    pid: () => running?.child.pid ?? null,

    async start() {
      if (running) throw new Error(`${name} is running already`);
      await endLeftover(pidFile, mark, stopMsMax);
      const child = spawn(executable, [...before, ...options.args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        // From the second start on the types are stripped already: half the time to ready, 35 MB less to keep.
        env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
        // A process group of its own: Ctrl-C in the terminal is for us, and we stop the programs in order.
        detached: true,
      });
      const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
      const lastLines: string[] = [];
      let sawReady = (_fields: LogFields) => {};
      const ready = new Promise<LogFields>((resolve) => {
        sawReady = resolve;
      });
      const keep = (line: string) => {
        log.write(`${line}\n`);
        lastLines.push(line);
        if (lastLines.length > lastLinesMax) lastLines.shift();
      };
      const outputs = [
        eachLine(child.stdout, (line) => {
          const fields = parseFields(line);
          if (!options.onLine?.(fields)) keep(line);
          if (isReady(fields)) sawReady(fields);
        }),
        eachLine(child.stderr, keep),
      ];
      const self: Running = { child, ended: endOf(child), phase: 'starting' };
      running = self;
      if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
      self.ended = self.ended.then(async (how) => {
        await Promise.all(outputs);
        log.end();
        rmSync(pidFile, { force: true });
        running = null;
        if (self.phase === 'ready') options.onCrash?.(how);
        return how;
      });

      const late = new AbortController();
      const outcome = await Promise.race([
        ready,
        self.ended,
        sleep(readyMsMax, `was not ready within ${readyMsMax} ms`, { signal: late.signal }).catch(() => ''),
      ]);
      late.abort();
      if (typeof outcome === 'object') {
        self.phase = 'ready';
        return outcome;
      }
      await end('SIGKILL', stopMsMax);
      throw new TrialError(
        'program_not_ready',
        `${name} ${outcome}${lastLines.map((line) => `\n    ${line}`).join('')}`,
        `Its whole log is ${logFile}.`,
      );
    },

    async stop() {
      if (!(await end('SIGTERM', stopMsMax))) await end('SIGKILL', stopMsMax);
    },
    async kill() {
      await end('SIGKILL', stopMsMax);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
}

function eachLine(stream: Readable | null, take: (line: string) => void): Promise<void> {
  if (!stream) return Promise.resolve();
  return new Promise((resolve) => {
    createInterface({ input: stream }).on('line', take).on('close', resolve);
  });
}

/** The fields of a JSON line; none when the line is something else. */
function parseFields(line: string): LogFields {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as LogFields) : {};
  } catch {
    return {};
  }
}

/**
 * Ends the process a killed trial has left behind. Only when its command line still names `mark` (the path of our
 * configuration): the number may belong to somebody else by now.
 */
async function endLeftover(pidFile: string, mark: string, msMax: number): Promise<void> {
  const pid = Number(readText(pidFile));
  if (!Number.isInteger(pid) || pid < 2 || !commandLine(pid).includes(mark)) return;
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + msMax;
  while (commandLine(pid).includes(mark)) {
    if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
    await sleep(50);
  }
}

/** Where there is no /proc, a process left behind shows itself by the port it holds. */
function commandLine(pid: number): string {
  return readText(`/proc/${pid}/cmdline`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
