// The units as systemd's own tools judge them, and against what the programs really do. Debian has the tools in the
// package systemd.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-units-'));
afterAll(() => rmSync(folder, { recursive: true }));

const services = ['holdfast.service', 'holdfast-renew.service', 'holdfast-central.service'];
const read = (name: string) => readFileSync(join(here, name), 'utf8');
const run = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: here });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
};
const version = Number(/systemd (\d+)/.exec(run('systemd-analyze', '--version').output)?.[1] ?? 0);

/** The lines of a unit that are no comments, from the sandbox on. */
function sandboxOf(name: string): string[] {
  const lines = read(name).split('\n');
  const from = lines.findIndex((line) => line.startsWith('# The sandbox'));
  const to = lines.indexOf('[Install]');
  return lines.slice(from, to < 0 ? undefined : to).filter((line) => /^\w+=/.test(line));
}

describe.skipIf(version === 0)('the units (skipped where systemd-analyze is missing)', () => {
  it('are understood by systemd; what it is too old for is only what the comments say', () => {
    const { output } = run(
      'systemd-analyze',
      'verify',
      ...readdirSync(here).filter((name) => /\.(service|timer)$/.test(name)),
    );
    const complaints = output.split('\n').filter((line) => line !== '');
    const unexpected = complaints.filter(
      (line) =>
        // They come with the package.
        !/Command \/usr\/bin\/holdfast(-central)? is not executable/.test(line) &&
        !(version < 254 && /Unknown key (name )?'Restart(Steps|MaxDelaySec)'/.test(line)),
    );
    expect(unexpected).toEqual([]);
  });

  it.each(services)('%s is exposed to 1.5 at most', (name) => {
    const judged = run('systemd-analyze', 'security', '--offline=yes', '--threshold=15', '--no-pager', name);
    expect(judged.status, judged.output).toBe(0);
    expect(judged.output).toMatch(/Overall exposure level/);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'make accounts that cannot log in, and folders that others cannot read',
    () => {
      for (const part of ['sysusers.d', 'tmpfiles.d'])
        cpSync(join(here, part), join(folder, 'usr/lib', part), { recursive: true });
      mkdirSync(join(folder, 'etc'));
      expect(run('systemd-sysusers', `--root=${folder}`)).toMatchObject({ status: 0 });
      expect(run('systemd-tmpfiles', `--root=${folder}`, '--create')).toMatchObject({ status: 0 });
      const accounts = readFileSync(join(folder, 'etc/passwd'), 'utf8');
      const idOf = (name: string) =>
        Number(
          new RegExp(`^${name}:x:\\d+:(\\d+):.*:/var/lib/${name}:/usr/sbin/nologin$`, 'm').exec(
            accounts,
          )?.[1],
        );
      for (const name of ['holdfast', 'holdfast-central']) {
        const { mode, uid, gid } = statSync(join(folder, 'etc', name));
        expect({ mode: mode & 0o7777, uid, gid }, name).toEqual({ mode: 0o750, uid: 0, gid: idOf(name) });
      }
      expect(statSync(join(folder, 'etc/holdfast-central/credentials')).mode & 0o777).toBe(0o700);
    },
  );
});

it('renews within the same sandbox in which it sells', () => {
  expect(sandboxOf('holdfast.service').length).toBeGreaterThan(20);
  expect(sandboxOf('holdfast-renew.service')).toEqual(sandboxOf('holdfast.service'));
  expect(sandboxOf('holdfast-central.service')).toEqual(sandboxOf('holdfast.service'));
});

it('lets a release run from where boxes keep them, on the image too', () => {
  const unit = read('holdfast.service');
  const folder = '/var/lib/holdfast/slots';
  expect(readFileSync(join(here, '..', 'docs', 'operations', 'rollout.md'), 'utf8')).toContain(
    `folder = "${folder}"`,
  );
  // Written where the whole system is read-only, and run from there: V8's own code, too.
  expect(unit).toMatch(/^StateDirectory=holdfast$/m);
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/holdfast run /m);
  expect(unit).not.toMatch(
    /^(NoExecPaths|ExecPaths|ReadOnlyPaths|InaccessiblePaths|MemoryDenyWriteExecute|DynamicUser)=/m,
  );
  const fstab = readFileSync(join(here, '..', 'provisioning', 'image', 'files', 'etc', 'fstab'), 'utf8');
  const below = fstab
    .split('\n')
    .filter((line) => /\s(\/data|\/var\/lib\/holdfast|\/var\/cache\/holdfast)\s/.test(line));
  expect(below).toHaveLength(3);
  expect(below.filter((line) => /noexec|\bro\b/.test(line))).toEqual([]);
});

it('has no line longer than a person reads, and no folder that two units name differently', () => {
  for (const name of readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(service|timer|conf)$/.test(path),
  )) {
    expect(
      read(name)
        .split('\n')
        .filter((line) => line.length > 130),
      name,
    ).toEqual([]);
  }
  const folders = (name: string) => read(name).match(/^(State|Cache|Configuration)Directory(Mode)?=.*/gm);
  expect(folders('holdfast-renew.service')).toEqual(folders('holdfast.service'));
});
