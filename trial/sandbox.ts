// The sandbox as a real process beside a site: what the site's central charges at. Its port is kept, so that central finds it
// again after it was killed; what it knew is then gone, as at no real processor.
import { join } from 'node:path';
import { TrialError } from './error.ts';
import { freePorts } from './link.ts';
import { createProgram, type Program } from './program.ts';

const main = join(import.meta.dirname, '..', 'sandbox', 'main.ts');

export interface SandboxOptions {
  /** Also the name of its log. */
  name: string;
  /** Where its log and its process number lie; must be there. */
  folder: string;
  clock?: 'system' | 'manual';
  latencyMs?: number;
  /** How long a payment is not found by search. */
  searchLagMs?: number;
  onCrash?: (program: Program, how: string) => void;
}

export interface TrialSandbox {
  url: string;
  program: Program;
  /**
   * Calls its own interface; resolves with the answer's body.
   * @throws TrialError bad_answer
   */
  admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown>;
  /** A file of it: a report, a statement. @throws TrialError bad_answer */
  download(path: string): Promise<string>;
}

/** Starts it; resolves when it listens. @throws TrialError program_not_ready */
export async function startSandbox(options: SandboxOptions): Promise<TrialSandbox> {
  const { name, folder, clock = 'system', latencyMs = 0, searchLagMs = 0 } = options;
  const [port = 0] = await freePorts(1);
  const flags = { port, clock, 'latency-ms': latencyMs, 'search-lag-ms': searchLagMs };
  const program: Program = createProgram({
    name,
    args: [main, '--json', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)])],
    logFile: join(folder, `${name}.log`),
    pidFile: join(folder, `${name}.pid`),
    // It has no configuration that would name it: its port does.
    mark: String(port),
    isReady: ({ url }) => typeof url === 'string',
    onCrash: (how) => options.onCrash?.(program, how),
  });
  await program.start();
  const url = `http://127.0.0.1:${port}`;

  async function call(method: string, path: string, body?: unknown): Promise<string> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    if (answer.ok) return text;
    throw new TrialError(
      'bad_answer',
      `${name} answered ${answer.status} to ${method} ${path}: ${text}`,
      `See ${program.logFile}.`,
    );
  }
  return {
    url,
    program,
    async admin(method, path, body) {
      const text = await call(method, path, body);
      return text === '' ? null : JSON.parse(text);
    },
    download: (path) => call('GET', path),
  };
}
