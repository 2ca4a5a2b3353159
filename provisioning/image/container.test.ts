// What of the container images takes no time: the recipe, what is put before it, what the tool is told, and how an archive is
// settled. `npm run image:oci` makes and runs them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { addonOf, architectures, repository } from '../package/compile.ts';
import { programs } from '../package/programs.ts';
import { layContext, recipe } from './container-build.ts';
import { readContainerOptions } from './container-options.ts';
import { settleArchive } from './settle-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-recipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(repository, recipe), 'utf8').replaceAll(/\\\n\s*/g, '');
const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
/** The instructions of each stage, by its name. */
const stages = new Map<string, string[]>();
for (const line of lines.slice(lines.findIndex((one) => one.startsWith('FROM ')))) {
  const [, name] = /^FROM .* AS (.*)$/.exec(line) ?? [];
  if (name !== undefined) stages.set(name, []);
  [...stages.values()].at(-1)?.push(line);
}
const stage = (name: string) => stages.get(name) ?? [];

describe('the recipe', () => {
  it('has a stage for each program, the appliance last, so that it is what is built unless told', () => {
    expect([...stages.keys()]).toEqual(['layout', 'common', 'holdfast-central', 'holdfast']);
  });

  it('runs nothing of the image’s own processor while it is built', () => {
    const running = [...stages].filter(([, said]) => said.some((line) => line.startsWith('RUN ')));
    expect(running.map(([name]) => name)).toEqual(['layout']);
    expect(stage('layout')[0]).toContain('--platform=$BUILDPLATFORM');
  });

  it.each(programs.map(({ name }) => name))('starts, checks and keeps %s by its own names', (name) => {
    const said = stage(name);
    const value = (word: string) => said.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
    expect(JSON.parse(value('ENTRYPOINT') ?? '')).toEqual([`/usr/bin/${name}`]);
    expect(JSON.parse(value('CMD') ?? '')[0]).toBe('run');
    expect(value('HEALTHCHECK')).toContain(`CMD ["/usr/bin/${name}", "health"`);
    expect(JSON.parse(value('VOLUME') ?? '')).toEqual([`/etc/${name}`, `/var/lib/${name}`]);
  });

  it('is not root, by number', () => {
    expect(stage('common')).toContain('USER 65532:65532');
    expect(stages.get('holdfast')?.some((line) => line.startsWith('USER '))).toBe(false);
  });

  it.each(programs.flatMap(({ name }) => architectures.map((one) => [name, one] as const)))(
    'finds what it copies for %s on %s, in what is put before it and in a checkout',
    (program, architecture) => {
      const release = join(folder, 'release');
      mkdirSync(release, { recursive: true });
      for (const file of ['SHA256SUMS', `${program}-linux-${architecture}`])
        writeFileSync(join(release, file), '');
      const context = join(folder, 'context');
      layContext(context, { program, architecture, releaseFolder: release });
      const copied = stage('layout')
        .filter((line) => line.startsWith('COPY '))
        .flatMap((line) => line.split(' ').slice(1, -1))
        .map((path) => path.replaceAll(`\${PROGRAM}`, program).replaceAll(`\${ARCH}`, architecture));
      expect(copied).toContain(addonOf(architecture));
      expect(copied.filter((path) => !existsSync(join(context, path)))).toEqual([]);
      const let_in = readFileSync(join(repository, '.dockerignore'), 'utf8').match(/^!.*$/gm) ?? [];
      const patterns = let_in.map((line) => new RegExp(`^${line.slice(1).replaceAll('*', '[^/]*')}(/|$)`));
      expect(copied.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
    },
  );
});

describe('npm run image:oci', () => {
  const given = (...args: string[]) => readContainerOptions(args);

  it('makes the appliance for this machine’s processor unless told', () => {
    expect(given()).toMatchObject({ architectures: [process.arch], trial: true, newBase: false });
    expect(given().programs.map(({ name }) => name)).toEqual(['holdfast']);
    const all = given('--arch', 'all', '--program', 'all', '--no-trial');
    expect(all.architectures).toEqual(architectures);
    expect(all).toMatchObject({ programs, trial: false });
    expect(given('--arch', 'arm64').architectures).toEqual(['arm64']);
  });

  it.each([[['--arch', 'riscv64']], [['--program', 'sandbox']], [['--publish']], [['extra']]])(
    'refuses what it does not know: %s',
    (args) => {
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      expect(() => readContainerOptions(args)).toThrow(CommanderError);
      said.mockRestore();
    },
  );

  it('explains itself within 80 columns', () => {
    const main = join(import.meta.dirname, 'container-main.ts');
    const help = execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    expect(help).toContain('npm run image:oci -- --arch arm64');
    expect(help.split('\n').filter((line) => line.length > 79)).toEqual([]);
  });
});

it('gives the same bytes of the same image, whichever container it was made in', async () => {
  const make = async (container: string) => {
    const made = join(folder, container);
    mkdirSync(made);
    const config = { os: 'linux', container, parent: container, config: { Hostname: container, User: '1' } };
    writeFileSync(join(made, `${container}.json`), JSON.stringify(config));
    writeFileSync(join(made, 'layer.tar'), 'a layer');
    const manifest = { Config: `${container}.json`, RepoTags: ['localhost/x:1'], Layers: ['layer.tar'] };
    writeFileSync(join(made, 'manifest.json'), JSON.stringify([manifest]));
    const file = join(folder, `${container}.tar`);
    execFileSync('tar', ['--create', '--file', file, '--directory', made, '.']);
    await settleArchive(file, 'docker', '1700000000');
    return file;
  };
  const [first = '', second = ''] = [await make('c1'), await make('c2')];
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
  const read = (name: string) => execFileSync('tar', ['-xOf', first, name], { encoding: 'utf8' });
  const [{ Config }] = JSON.parse(read('manifest.json'));
  expect(JSON.parse(read(Config))).toEqual({ os: 'linux', config: { User: '1' } });
});
