// What `--help` says of every command: it can be read in a terminal, and its examples are this program's own.
import { describe, expect, it } from 'vitest';
import { holdfastCentral } from '../fixtures/program.ts';

const commands = {
  run: [],
  catalogue: ['import', 'diff', 'publish', 'drafts', 'discard'],
  policy: ['show', 'set', 'diff', 'validate', 'schema'],
  stock: ['set', 'receive', 'count'],
  'hot-list': ['add', 'remove', 'list'],
  ledger: ['check'],
  webhook: ['list', 'show', 'dead', 'sources', 'replay'],
  outbound: ['create', 'list', 'rotate', 'test', 'log', 'resend', 'disable', 'enable'],
  reconciliation: ['import', 'fetch', 'run', 'files', 'shadow'],
  exception: ['list', 'show', 'assign', 'note', 'accept', 'correct', 'received', 'chase', 'split', 'merge'],
  authority: ['init'],
  appliance: ['create'],
  'kiosk-tls': ['create'],
  health: [],
  completion: [],
};
const each = Object.entries(commands).flatMap(([group, names]) =>
  names.length === 0 ? [group] : names.map((name) => `${group} ${name}`),
);

describe('--help', () => {
  it('names every command', async () => {
    const { code, stdout } = await holdfastCentral('--help');
    expect(code).toBe(0);
    for (const group of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^ {2}${group} `, 'm'));
  });

  it.each(each)('of %s has examples of it, and fits 80 columns', async (name) => {
    const { code, stdout, stderr } = await holdfastCentral(...name.split(' '), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('Examples:')[1]).toContain(`  holdfast-central ${name} `);
    const tooLong = stdout.split('\n').filter((line) => line.length > 79);
    expect(tooLong).toEqual([]);
  });

  it('is shown after a wrong call, with exit code 2', async () => {
    expect(await holdfastCentral('hot-list')).toMatchObject({ code: 2, stdout: '' });
    const missing = await holdfastCentral('catalogue', 'import', 'products.csv');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toMatch(/required option '--config <file>'[\s\S]*Examples:/);
  });
});
