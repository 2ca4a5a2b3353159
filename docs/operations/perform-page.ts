// Performs a page of operations as a technician would, block by block, with real programs, and checks what the page says
// they print. How a fenced block is read:
//   sh                  run to its end; must exit with 0, or with N where the page says exit=N
//   sh terminal=NAME    stays running in a terminal of its own
//   sh paste=FIELD      gets that field, seen in a terminal before, on standard input: what a person pastes
//   keys NAME           Ctrl-C in that terminal; the program must end in order
//   toml|csv|json FILE  is written to FILE in the page's folder
//   text                what the block before prints, line by line; `…` is anything; `soon`: asked again until it does
// Other than on the page are $HOME, which is a temporary folder, and the ports, which are free ones.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

const soonMsMax = 20_000;

export interface PageWorld {
  home: string;
  /** Where commands run. */
  cwd: string;
  /** Where files that the page shows are written. */
  files: string;
  /** Ports as the page names them, and those to use. */
  ports: Record<string, number>;
  /** Before the PATH of this process. */
  path?: string;
}

export interface Page {
  /** Every block in its order. */
  perform(markdown: string): Promise<{ commands: number }>;
  /** Ends what still runs. */
  end(): Promise<void>;
}

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

export function openPage(world: PageWorld): Page {
  const terminals = new Map<string, Terminal>();
  /** `export` lines of earlier blocks: they hold in every terminal. */
  const exported: string[] = [];
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: `${world.path ? `${world.path}:` : ''}${process.env.PATH}`,
    HOME: world.home,
    LANG: 'C.UTF-8',
  });

  return {
    async perform(markdown) {
      const steps = blocksOf(markdown, world.ports);
      for (const [i, block] of steps.entries()) {
        const expected = steps[i + 1]?.language === 'text' ? steps[i + 1] : undefined;
        await perform(block, expected);
      }
      return { commands: steps.filter(({ language }) => language === 'sh').length };
    },
    async end() {
      for (const terminal of terminals.values()) await terminal.kill();
    },
  };

  async function perform(block: Block, expected: Block | undefined): Promise<void> {
    const [name = '', value = ''] = block.about.split('=');
    const at = `line ${block.line} of the page`;
    switch (block.language) {
      case 'toml':
      case 'csv':
      case 'json':
        return writeFileSync(join(world.files, name), block.text);
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
    // What is not up yet answers with a failure.
    if (expected?.about === 'soon') return until(at, expected, async () => (await run(script, input)).stdout);
    const printed = await runOnce();
    if (expected) expect(printed.trimEnd().split('\n'), at).toEqual(asPrinted(expected.text));
  }

  function run(script: string, input: string): Promise<Output & { code: number | null }> {
    const child = spawn('bash', ['-ec', script], { cwd: world.cwd, env: environment() });
    const output = outputOf(child);
    // Most commands read nothing, and may have ended before this.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((done) => child.on('close', (code) => done({ code, ...output })));
  }

  /** A process group of its own, as a terminal gives one, so that Ctrl-C reaches npm and the program alike. */
  function openTerminal(script: string): Terminal {
    const child = spawn('bash', ['-c', script], { cwd: world.cwd, env: environment(), detached: true });
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

  function pastedField(field: string): string {
    const lines = [...terminals.values()].flatMap((terminal) => terminal.output().trimEnd().split('\n'));
    const found = lines.map((line) => JSON.parse(line)[field]).find((value) => typeof value === 'string');
    return found ?? expect.fail(`no terminal has shown ${field}`);
  }
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
function blocksOf(markdown: string, ports: Record<string, number>): Block[] {
  const fences = markdown.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)\n```$/gms);
  return [...fences].map(({ index, 1: language = '', 2: about = '', 3: text = '' }) => ({
    line: markdown.slice(0, index).split('\n').length,
    language,
    about,
    text: Object.entries(ports).reduce((now, [port, free]) => now.replaceAll(port, String(free)), text),
  }));
}

interface Terminal {
  output(): string;
  interrupt(at: string): Promise<void>;
  /** Nothing may be left of it. */
  kill(): Promise<void>;
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
