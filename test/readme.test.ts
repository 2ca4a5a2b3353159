// README.md is true: its commands are read out of it and run in a fresh copy of this checkout, as somebody would who has
// just cloned it. Three things are other than on the page: the seconds of the longer start are fewer, the appliance's
// port in the kiosk snippet is the running site's, and npm may take packages from its cache (by environment).
import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const repository = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-readme-'));
const timeout = 300_000;
/** Longer times in the README, and what stands for them here. */
const shortened = [
  ['--seconds 20', '--seconds 5'],
  ['--cut-after 5', '--cut-after 1'],
  ['--restore-after 12', '--restore-after 3'],
] as const;

const started: Command[] = [];

beforeAll(async () => {
  const listed = await begin('git ls-files -z --cached --others --exclude-standard', repository).ended;
  expect(listed).toMatchObject({ code: 0 });
  for (const file of listed.stdout.split('\0').filter((name) => existsSync(join(repository, name)))) {
    if (file === '') continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(repository, file), join(folder, file));
  }
});
afterEach(async () => {
  for (const command of started.splice(0)) await command.kill();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the README on a fresh checkout', () => {
  const [firstCommand = ''] = commandsUnder('Two commands');

  it('starts a site that sells with its first command, and ends in order on Ctrl-C', {
    timeout,
  }, async () => {
    expect(firstCommand).toBe('npm ci && npm start');
    const site = begin(firstCommand);
    const curl = await printed(site, /^curl -s [\s\S]*?\}\}'$/m);
    const sale = await begin(`${curl} -w '\\n%{http_code}'`).ended;
    expect(sale.stdout).toMatch(/"verdict":"authorised".*\n201$/);

    await runKioskSnippet(/https?:\/\/[^/]+/.exec(curl)?.[0] ?? '');

    site.interrupt();
    const { code, stdout, stderr } = await site.ended;
    expect(stdout).toContain('journal and ledger agree, entry by entry');
    expect(code, stderr).toBe(0);
    expect(processesIn(folder)).toEqual([]);
  });

  it.each(commandsUnder('More to try'))('%s does what it says', { timeout }, async (command) => {
    const shorter = shortened.reduce((text, [long, short]) => text.replace(long, short), command);
    const { code, stdout, stderr } = await begin(shorter).ended;
    expect(code, stderr).toBe(0);
    if (command.startsWith('npm start')) {
      for (const event of ['link cut', 'link restored', 'agree, entry by entry'])
        expect(stdout).toContain(event);
    }
    if (command.startsWith('npm run replay')) expect(stdout).toMatch(/^balanced in /m);
    if (command.endsWith('--help')) expect(stdout).toMatch(/Usage: holdfast/);
    expect(processesIn(folder)).toEqual([]);
  });

  it('names only scripts that exist, and scripts name only files that exist', () => {
    const wanted = [/npm run ([\w:-]+)/g, /`((?:bench|test):\w+)`/g].flatMap((pattern) =>
      [...readme.matchAll(pattern)].map(([, name = '']) => name),
    );
    expect(wanted).toEqual(expect.arrayContaining(['replay', 'holdfast', 'holdfast-central', 'bench:drain']));
    const scripts: Record<string, string> = packageJson.scripts;
    for (const name of new Set(wanted)) {
      const [, file = ''] = /\bnode (?:--\S+ )*(\S+)/.exec(scripts[name] ?? '') ?? [];
      expect(existsSync(join(repository, file)) && file !== '', `npm run ${name}`).toBe(true);
    }
  });

  it('links to files and folders that exist', () => {
    for (const [, target = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(existsSync(join(repository, target)), target).toBe(true);
    }
  });
});

/** The snippet for kiosk developers: its types fit, and it sells. */
async function runKioskSnippet(applianceUrl: string): Promise<void> {
  const [, snippet = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  expect(snippet).toContain('http://127.0.0.1:8080');
  writeFileSync(join(folder, 'snippet.ts'), snippet.replace('http://127.0.0.1:8080', applianceUrl));
  writeFileSync(
    join(folder, 'tsconfig.snippet.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['snippet.ts'] }),
  );
  const types = await begin('npx --no -- tsc -p tsconfig.snippet.json').ended;
  expect(types.code, types.stdout + types.stderr).toBe(0);
  const sold = await begin('npx --no -- node snippet.ts').ended;
  expect(sold.stdout, sold.stderr).toMatch(/^slip \d+ authorised$/m);
}

/** The commands of the shell blocks below a heading. */
function commandsUnder(heading: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}\n(.*?)^## `, 'ms').exec(readme) ?? [];
  const blocks = [...section.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, text = '']) => text);
  return blocks.flatMap((text) => text.split('\n'));
}

interface Command {
  output(): string;
  ended: Promise<{ code: number | NodeJS.Signals | null; stdout: string; stderr: string }>;
  /** Ctrl-C, as a terminal sends it: to the whole process group. */
  interrupt(): void;
  kill(): Promise<void>;
}

/** Runs a command line as a user's shell would, with no terminal, in a process group of its own. */
function begin(command: string, cwd = folder): Command {
  const child: ChildProcess = spawn('bash', ['-c', command], {
    cwd,
    env: userEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (data) => {
    stdout += data;
  });
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const ended: Command['ended'] = new Promise((done) =>
    child.on('close', (code, signal) => done({ code: code ?? signal, stdout, stderr })),
  );
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, name);
    }
  };
  const begun: Command = {
    output: () => stdout,
    ended,
    interrupt: () => signal('SIGINT'),
    async kill() {
      // In order if it can be: a site has processes in groups of their own.
      signal('SIGINT');
      await Promise.race([ended, sleep(10_000)]);
      signal('SIGKILL');
    },
  };
  started.push(begun);
  return begun;
}

async function printed(command: Command, pattern: RegExp): Promise<string> {
  let over = false;
  void command.ended.then(() => {
    over = true;
  });
  for (;;) {
    const [found] = pattern.exec(command.output()) ?? [];
    if (found !== undefined) return found;
    if (over) expect.fail(JSON.stringify(await command.ended));
    await sleep(100);
  }
}

/** What a user's shell has: nothing of npm's and of the test runner's, which may both be around us. */
function userEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(lifecycle|package|command|execpath|node_execpath)|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), npm_config_prefer_offline: 'true' };
}

/** Command lines of processes that still run something in the folder; Linux only. */
function processesIn(path: string): string[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.map(commandLine).filter((line) => line.includes(path));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
