// npm run test:mutants [-- <room> …] — breaks a copy of the tree on purpose and sees the tests turn red.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { applianceMutants } from './appliance.ts';
import { chargingMutants } from './charging.ts';
import { intakeMutants } from './intake.ts';
import type { Mutant } from './mutant.ts';
import { peopleMutants } from './people.ts';
import { processorMutants } from './processors.ts';
import { rolloutMutants } from './rollout.ts';
import { salvageMutants } from './salvage.ts';

const rooms: Readonly<Record<string, readonly Mutant[]>> = {
  appliance: applianceMutants,
  salvage: salvageMutants,
  intake: intakeMutants,
  people: peopleMutants,
  processors: processorMutants,
  charging: chargingMutants,
  rollout: rolloutMutants,
};
const asked = process.argv.slice(2);
const unknown = asked.find((room) => !(room in rooms));
if (unknown !== undefined)
  fail(`no room ${unknown}: name some of ${Object.keys(rooms).join(', ')}, or none for all`);
const mutants = (asked.length === 0 ? Object.keys(rooms) : asked).flatMap((room) => rooms[room] ?? []);

const repository = resolve(import.meta.dirname, '..', '..');
const testMsMax = 300_000;

const untouched = runTests({ edits: [], tests: [...new Set(mutants.flatMap(({ tests }) => tests))] });
if (!untouched.green) fail(`the tests are red without any mutant:\n${untouched.output}`);
process.stdout.write('untouched: green\n');

const survivors = mutants.filter((mutant) => {
  const { green } = runTests(mutant);
  process.stdout.write(
    `${mutant.name}: ${green ? 'GREEN, so nothing guards ' : 'red, as it must be: '}${mutant.breaks}\n`,
  );
  return green;
});
process.stdout.write(`${mutants.length - survivors.length} of ${mutants.length} mutants turn a test red\n`);
if (survivors.length > 0) process.exit(1);

/** Runs the tests in a copy of the tree with the edits made. */
function runTests({ edits, tests }: Pick<Mutant, 'edits' | 'tests'>): { green: boolean; output: string } {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-mutant-'));
  try {
    copyTree(copy);
    for (const edit of edits) applyEdit(copy, edit);
    const runner = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [runner, 'run', '--reporter=dot', ...tests],
      {
        cwd: copy,
        encoding: 'utf8',
        timeout: testMsMax,
      },
    );
    const output = stdout + stderr;
    // A test file that is not there would be green by silence.
    if (/No test files found/.test(output)) fail(`there is no test among ${tests.join(', ')}`);
    // Red for want of time would prove nothing.
    if (status === null) fail(`${tests.join(', ')} took longer than ${testMsMax / 1000} s`);
    return { green: status === 0, output };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function copyTree(to: string): void {
  const { stdout } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  );
  for (const file of stdout.split('\0').filter((name) => name !== '' && existsSync(join(repository, name)))) {
    cpSync(join(repository, file), join(to, file), { recursive: true, force: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(to, 'node_modules'));
}

function applyEdit(folder: string, { file, from, to }: Mutant['edits'][number]): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) fail(`${file} no longer reads as the mutant expects:\n  ${from}`);
  writeFileSync(path, text.replace(from, to));
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
