// What `holdfast doctor` prints: a line a check as it is made, and at the end how many need somebody.
import { ConfigError, readConfig } from '../config.ts';
import { type Check, exitCodeOf, fault, type State } from '../doctor/check.ts';
import { examine } from '../doctor/examine.ts';
import { coloured } from './colour.ts';
import type { Options } from './command.ts';

export type DoctorOptions = Options & { thorough?: boolean };

export async function runDoctor(options: DoctorOptions): Promise<void> {
  const { json } = options;
  const show = (check: Check) => {
    if (!json) process.stdout.write(`${lineOf(check)}\n`);
  };
  const checks = await examined(options, show);
  const exitCode = exitCodeOf(checks);
  if (json) process.stdout.write(`${JSON.stringify({ healthy: exitCode === 0, checks })}\n`);
  else process.stdout.write(`\n${summary(checks)}\n`);
  process.exitCode = exitCode;
}

async function examined(
  { config, thorough = false }: DoctorOptions,
  show: (check: Check) => void,
): Promise<Check[]> {
  try {
    return await examine(readConfig(config), { thorough, nowMs: Date.now() }, show);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Without it no other check knows where to look.
    const check = fault('configuration', error.message, error.hint);
    show(check);
    return [check];
  }
}

const marks: Record<State, [mark: string, colour: Parameters<typeof coloured>[1]]> = {
  ok: ['ok     ', 'green'],
  warning: ['warning', 'yellow'],
  error: ['ERROR  ', 'red'],
  unknown: ['?      ', 'dim'],
};

function lineOf({ code, state, words, hint }: Check): string {
  const [mark, colour] = marks[state];
  const line = `${coloured(mark, colour)}  ${code.padEnd(16)} ${words}`;
  return hint === undefined || state === 'ok' ? line : `${line}\n${' '.repeat(26)}${hint}`;
}

function summary(checks: readonly Check[]): string {
  const count = (state: State) => checks.filter((check) => check.state === state).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors + warnings === 0) return `All is well: ${count('ok')} checks.`;
  const of = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  return `${of(errors, 'error')}, ${of(warnings, 'warning')}, ${count('ok')} well.`;
}
