// What `--help` says of every command: it can be read in a terminal, and its examples are this program's own.
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { holdfastCentral } from '../fixtures/program.ts';
import { groups } from './groups.ts';

const program = new Command('holdfast-central');
const each = groups.flatMap(([name, , commands]) => {
  const group = program.command(name);
  return commands.map((one) => {
    group.addCommand(one);
    return [`${name} ${one.name()}`, one] as const;
  });
});

/** All that `--help` prints, what stands behind the options with it. */
function helpOf(command: Command): string {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  command.configureOutput({ writeOut: write, getOutHelpWidth: () => 79, getOutHasColors: () => false });
  command.outputHelp();
  return said;
}

describe('--help', () => {
  it('names every group', async () => {
    const { code, stdout } = await holdfastCentral('--help');
    expect(code).toBe(0);
    for (const [name] of groups) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  it.each(each)('of %s has examples of it, and fits 80 columns', (name, command) => {
    const help = helpOf(command);
    expect(help.split('Examples:')[1]).toContain(`  holdfast-central ${name} `);
    expect(help.split('\n').filter((line) => line.length > 79)).toEqual([]);
  });

  it.each(['catalogue import', 'health', 'completion'])('of %s is printed on stdout', async (name) => {
    const { code, stdout, stderr } = await holdfastCentral(...name.split(' '), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('Examples:')[1]).toContain(`  holdfast-central ${name} `);
  });

  it('is shown after a wrong call, with exit code 2', async () => {
    expect(await holdfastCentral('hot-list')).toMatchObject({ code: 2, stdout: '' });
    const missing = await holdfastCentral('catalogue', 'import', 'products.csv');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/required option '--config <file>'[\s\S]*Examples:/);
  });
});
