// Results as JSON lines in bench/results, with the commit and the machine they were measured on.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import si from 'systeminformation';

/** Appends one line to bench/results/<bench>.jsonl; prints the named figures as the last line where --json asks for it. */
export async function report(bench: string, figures: Record<string, number>, details: object): Promise<void> {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const line = { at: new Date().toISOString(), commit: commit(), machine: await machine(), figures, details };
  appendFileSync(join(folder, `${bench}.jsonl`), `${JSON.stringify(line)}\n`);
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** A line for the person who waits; to stderr, so that stdout stays for the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return (
    git('rev-parse', '--short', 'HEAD') +
    (git('status', '--porcelain', '--untracked-files=no') ? '+changes' : '')
  );
}

async function machine(): Promise<object> {
  const [cpu, memory, os] = await Promise.all([si.cpu(), si.mem(), si.osInfo()]);
  return {
    cpu: `${cpu.manufacturer} ${cpu.brand}`,
    cores: cpu.cores,
    memoryGB: Math.round(memory.total / 1024 ** 3),
    os: `${os.platform} ${os.arch} ${os.kernel}`,
    node: process.version,
  };
}
