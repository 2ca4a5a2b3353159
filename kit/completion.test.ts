// Completion as a real shell does it: bash reads the script and is asked what may follow.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CommandTree, completionScript } from './completion.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const leaf = (name: string, ...longs: string[]): CommandTree => ({
  name: () => name,
  description: () => `what ${name} does`,
  commands: [],
  options: longs.map((long) => ({ long, description: 'one' })),
});
const program: CommandTree = {
  ...leaf('shop-keeper', '--version'),
  commands: [
    leaf('run', '--config'),
    { ...leaf('kiosk'), commands: [leaf('pair', '--name', '--json'), leaf('list')] },
  ],
};

function following(...line: string[]): string[] {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, completionScript(program, 'bash'));
  const words = line.map((word) => `'${word}'`).join(' ');
  const asked = `source ${script}; COMP_WORDS=(shop-keeper ${words}); COMP_CWORD=${line.length}; _shop_keeper; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', asked], { encoding: 'utf8', cwd: folder }).trim().split('\n');
}

describe('completion', () => {
  it.each([
    [[''], ['run', 'kiosk', '--version', '--help']],
    [['ki'], ['kiosk']],
    [
      ['kiosk', ''],
      ['pair', 'list', '--help'],
    ],
    [
      ['kiosk', 'pair', '--'],
      ['--name', '--json', '--help'],
    ],
    [['run', '--config', 'compl'], ['completion.bash']],
  ])('of %j in bash', (line, words) => {
    expect(following(...line)).toEqual(words);
  });

  it('is a script that each shell can read, as far as bash can say', () => {
    for (const shell of ['bash', 'zsh'] as const) {
      execFileSync('bash', ['-n'], { input: completionScript(program, shell) });
    }
    expect(completionScript(program, 'fish')).toContain(
      "complete -c shop-keeper -n '__fish_seen_subcommand_from pair' -l name -d 'one'",
    );
  });
});
