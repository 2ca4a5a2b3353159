// The technician's page is true: each of its commands is there and does what the page says, and its table names every
// check that the doctor makes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pennies, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const page = readFileSync(join(checkout, 'docs/operations/technician.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, text = '']) => text);
const shop = temporaryStore();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-technician-'));
const config = join(folder, 'holdfast.toml');
beforeAll(() => {
  shop.execute(submit.checkout(1, pennies(1230)));
  const { journalId, lastHash } = shop.ask('position', {});
  shop.ask('received', { journalId, receivedThrough: 1, hash: lastHash });
  shop.close();
  writeFileSync(
    config,
    `dataFolder = "${shop.folder}"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\nhttp = { port = 48997 }\n`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(shop.folder, { recursive: true });
});

/** As the page writes it, with this checkout's program and a configuration of its own. */
function perform(command: string): { status: number | null; stdout: string; stderr: string } {
  const program = `${process.execPath} ${mainOf('holdfast')}`;
  const line = command.replace(/^holdfast ([^>]*)/, `${program} $1 --config ${config} `);
  return spawnSync('bash', ['-c', line], { encoding: 'utf8', cwd: folder });
}

it('shows commands that do what it says, in its order', () => {
  // Stopped and not enrolled: status and doctor say so by their exit codes. For a PIN there is nobody to ask.
  const codes = [1, 2, 0, 0, 0, 2, 0, 0, 0];
  expect(commands.map((command) => perform(command).status)).toEqual(codes);
  expect(readdirSync(folder)).toContain('journal.jsonl');
  expect(readdirSync(folder)).toContain('bundle.tar.gz');
  expect(readdirSync(shop.folder)).toEqual([]);
});

it('explains every code of its commands', () => {
  const [, troubles = ''] = /^## When it fails\n(.*)/ms.exec(page) ?? [];
  const codes = [...troubles.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code = '']) => code);
  const ofTheirs = ['run-diagnose', 'run-reset', 'run-config', 'run-pin', 'journal', 'hold'].map((name) =>
    readFileSync(join(checkout, `daemon/commands/${name}.ts`), 'utf8'),
  );
  const thrown = ofTheirs.flatMap((source) => [...source.matchAll(/CommandError\(\s*'([a-z_]+)'/g)]);
  const expected = new Set(thrown.map(([, code = '']) => code));
  // Explained where the file is edited by hand.
  for (const elsewhere of ['argument_malformed', 'config_not_editable']) expected.delete(elsewhere);
  expect(new Set(codes)).toEqual(expected);
});

it('names every check of the doctor, and no other', () => {
  const sources = ['check', 'examine', 'judge-box', 'judge-link', 'judge-till'].map((name) =>
    readFileSync(join(checkout, `daemon/doctor/${name}.ts`), 'utf8'),
  );
  const made = sources.flatMap((source) => [
    ...source.matchAll(/(?:const code = |\b(?:ok|fault|judgeCertificate|warning|unknown)\()'([a-z_]+)'/g),
  ]);
  const [, table = ''] = /^\| check .*?\n\| --- .*?\n(.*?)\n\n/ms.exec(page) ?? [];
  const named = [...table.matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name);
  expect(new Set(named)).toEqual(new Set(made.map(([, code = '']) => code)));
});
