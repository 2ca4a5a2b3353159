// Performs docs/operations/first-site.md as a technician would, block by block, with real programs, and checks what the
// page says they print. How a fenced block is read:
//   sh                  run to its end in the checkout's folder; must exit with 0, or with N where the page says exit=N
//   sh terminal=NAME    stays running in a terminal of its own
//   sh paste=FIELD      gets that field, seen in a terminal before, on standard input: what a person pastes
//   keys NAME           Ctrl-C in that terminal; the program must end in order
//   toml|csv|json FILE  is written to $SITE/FILE
//   text                what the block before prints, line by line; `…` is anything; `soon`: asked again until it does
// Two things are other than on the page: $HOME is a temporary folder, and the three ports are free ones.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../trial/link.ts';

const page = readFileSync(join(import.meta.dirname, 'first-site.md'), 'utf8');
const checkout = resolve(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'holdfast-first-site-'));
const site = join(home, 'first-site');
const portsOfThePage = ['8080', '8081', '8883'];
const soonMsMax = 10_000;

/** Where the programs keep their tables of what can go wrong. */
const sourcesOfCodes = [
  'central/errors.ts',
  'daemon/config.ts',
  'daemon/http/problems.ts',
  'daemon/store/views.ts',
  'daemon/sync/link-view.ts',
  'daemon/sync/pump.ts',
  'provisioning/error.ts',
  'provisioning/authority/check.ts',
];

interface Block {
  line: number;
  language: string;
  /** A file's name, a terminal's name, or name=value. */
  about: string;
  text: string;
}

interface Output {
  stdout: string;
  stderr: string;
}

const terminals = new Map<string, Terminal>();
let ports: number[] = [];
/** `export` lines of earlier blocks: they hold in every terminal. */
const exported: string[] = [];

beforeAll(async () => {
  ports = await freePorts(portsOfThePage.length);
});
afterAll(async () => {
  for (const terminal of terminals.values()) await terminal.kill();
  rmSync(home, { recursive: true });
});

it('puts a site up as the page says, and prints what the page says', { timeout: 120_000 }, async () => {
  const steps = blocksOf(page);
  expect(steps.filter(({ language }) => language === 'sh').length).toBeGreaterThan(10);
  for (const [i, block] of steps.entries()) {
    const expected = steps[i + 1]?.language === 'text' ? steps[i + 1] : undefined;
    await perform(block, expected);
  }
  for (const file of [
    'central/central.db',
    'appliance/journal.db',
    'leeds-1/appliance.key',
    'central-copy/central.db',
  ]) {
    expect(existsSync(join(site, file)), file).toBe(true);
  }
  expect(existsSync(join(site, 'central', 'central.db-wal')), 'a clean stop leaves one file').toBe(false);
});

it('explains only codes that the programs have', () => {
  const [, troubles = ''] = /^## When it fails\n(.*)/ms.exec(page) ?? [];
  const codes = [...troubles.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(10);
  const known = sourcesOfCodes.map((file) => readFileSync(join(checkout, file), 'utf8')).join();
  expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(known))).toEqual([]);
});

async function perform(block: Block, expected: Block | undefined): Promise<void> {
  const [name = '', value = ''] = block.about.split('=');
  const at = `line ${block.line} of the page`;
  switch (block.language) {
    case 'toml':
    case 'csv':
    case 'json':
      return writeFileSync(join(site, name), block.text);
    case 'keys':
      return terminalOf(name).interrupt(at);
    case 'sh':
      break;
    case 'text':
      return;
    default:
      expect.fail(`${at}: a block of a kind that nobody performs: ${block.language}`);
  }
  const script = [...exported, block.text].join('\n');
  exported.push(...block.text.split('\n').filter((line) => line.startsWith('export ')));
  if (name === 'terminal') {
    terminals.set(value, openTerminal(script));
    await until(at, expected, async () => terminalOf(value).output());
    return;
  }
  const input = name === 'paste' ? `${pastedField(value)}\n` : '';
  const exitCode = name === 'exit' ? Number(value) : 0;
  const runOnce = async () => {
    const { code, ...output } = await run(script, input);
    expect(code, `${at}: ${output.stderr}`).toBe(exitCode);
    return exitCode === 0 ? output.stdout : output.stderr;
  };
  if (expected?.about === 'soon') return until(at, expected, runOnce);
  const printed = await runOnce();
  if (expected) expect(printed.trimEnd().split('\n'), at).toEqual(asPrinted(expected.text));
}

/** Looks until the lines are there: the first of the output, and no others before them. */
async function until(at: string, expected: Block | undefined, look: () => Promise<string>): Promise<void> {
  const wanted = asPrinted(expected?.text ?? '');
  const deadline = performance.now() + soonMsMax;
  for (;;) {
    const lines = (await look()).trimEnd().split('\n').slice(0, wanted.length);
    if (performance.now() > deadline) expect(lines, at).toEqual(wanted);
    const matches =
      lines.length === wanted.length && wanted.every((line, i) => line.asymmetricMatch(lines[i]));
    if (matches) return;
    await sleep(50);
  }
}

function asPrinted(text: string) {
  return text.split('\n').map((line) => {
    const parts = line
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ' +'));
    return expect.stringMatching(new RegExp(`^${parts.join('.*')}$`));
  });
}

/** The page's fenced blocks in order, with its ports replaced. */
function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)\n```$/gms);
  return [...fences].map(({ index, 1: language = '', 2: about = '', 3: text = '' }) => ({
    line: markdown.slice(0, index).split('\n').length,
    language,
    about,
    text: portsOfThePage.reduce((now, port, i) => now.replaceAll(port, String(ports[i])), text),
  }));
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8' };
}

function run(script: string, input: string): Promise<Output & { code: number | null }> {
  const child = spawn('bash', ['-ec', script], { cwd: checkout, env: environment() });
  const output = outputOf(child);
  // Most commands read nothing, and may have ended before this.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((done) => child.on('close', (code) => done({ code, ...output })));
}

interface Terminal {
  output(): string;
  interrupt(at: string): Promise<void>;
  /** Nothing may be left of it. */
  kill(): Promise<void>;
}

/** A process group of its own, as a terminal gives one, so that Ctrl-C reaches npm and the program alike. */
function openTerminal(script: string): Terminal {
  const child = spawn('bash', ['-c', script], { cwd: checkout, env: environment(), detached: true });
  const output = outputOf(child);
  // Closed when the last process of the group has let go of its output.
  const closed = new Promise((done) => child.on('close', (code, signal) => done(code ?? signal)));
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, name);
    }
  };
  return {
    output: () => output.stdout,
    async interrupt(at) {
      signal('SIGINT');
      expect(await closed, `${at}: ${output.stderr}`).toBe(0);
      expect(output.stdout).not.toContain('could not stop in order');
    },
    async kill() {
      signal('SIGKILL');
      await closed;
    },
  };
}

function terminalOf(name: string): Terminal {
  return terminals.get(name) ?? expect.fail(`the page opens no terminal ${name}`);
}

function outputOf(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (data) => {
      output[stream] += data;
    });
  }
  return output;
}

function pastedField(field: string): string {
  const lines = [...terminals.values()].flatMap((terminal) => terminal.output().trimEnd().split('\n'));
  const found = lines.map((line) => JSON.parse(line)[field]).find((value) => typeof value === 'string');
  return found ?? expect.fail(`no terminal has shown ${field}`);
}
