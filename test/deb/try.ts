// What is done with the packages, in the order of a box's life, and what must have come of each step.
import {
  appendFileSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { writeJournal } from './backlog.ts';
import { type Packages, versions } from './packages.ts';
import type { Root, Said } from './root.ts';

export type Check = (what: string, right: boolean, seen?: string) => void;

const entries = 50_000;
const force = { HOLDFAST_PURGE: 'force' };
const config = 'etc/holdfast/holdfast.toml';
const journal = 'var/lib/holdfast/journal.db';
const centralUrl = '[central]\nurl = "mqtts://central.example:8883"\n';

export function tryHoldfast(root: Root, packages: Packages, check: Check): void {
  const at = (path: string) => join(root.folder, path);
  const has = (path: string) => existsSync(at(path));
  const dpkg = (...args: string[]) => root.run(['dpkg', ...args]);
  const install = (file: string, ...args: string[]) =>
    dpkg('--force-confold', ...args, '--install', `/packages/${basename(file)}`);
  const expect = (what: string, { status, output }: Said, wanted: number, right = true) =>
    check(what, status === wanted && right, output);
  const version = () => dpkg('--status', 'holdfast').output.match(/^Version: (.*)/m)?.[1];

  expect('the version before is installed', install(packages.before), 0, version() === versions.before);
  check(
    'the service waits for the next boot',
    has('etc/systemd/system/multi-user.target.wants/holdfast.service'),
  );
  check('the timer too', has('etc/systemd/system/timers.target.wants/holdfast-renew.timer'));
  const data = statSync(at('var/lib/holdfast'));
  const file = statSync(at(config));
  check('its account has its data folder alone', (data.mode & 0o777) === 0o700 && data.uid > 0);
  check(
    'it may read its configuration',
    (file.mode & 0o777) === 0o640 && file.uid === 0 && file.gid === data.gid,
  );

  const giveJournal = (count: number, receivedThrough: number) => {
    const { uid, gid } = statSync(at('var/lib/holdfast'));
    writeJournal(at('var/lib/holdfast'), count, receivedThrough);
    chownSync(at(journal), uid, gid);
  };
  appendFileSync(at(config), `\n${centralUrl}`);
  giveJournal(entries, 0);
  const sound = () => {
    const asService = ['setpriv', `--reuid=${data.uid}`, `--regid=${data.gid}`, '--clear-groups'];
    const said = root.run([...asService, '/usr/bin/holdfast', 'journal', 'verify', '--json'], {
      PKG_NATIVE_CACHE_PATH: '/var/lib/holdfast/.cache',
    });
    const right = said.output.includes('"sound":true') && said.output.includes(`"lastSeq":${entries}`);
    check(`  ${entries} unreceived entries, each proven by the chain`, right, said.output);
    check('  the configuration as it was enrolled', readFileSync(at(config), 'utf8').endsWith(centralUrl));
  };
  sound();

  expect('upgraded', install(packages.now), 0, version() === versions.now);
  sound();
  expect('downgraded', install(packages.before, '--force-downgrade'), 0, version() === versions.before);
  sound();
  expect('upgraded again', install(packages.now), 0, version() === versions.now);

  const refused = dpkg('--purge', 'holdfast');
  const said = refused.output.includes(`this box alone has: ${entries}`);
  expect('a purge is refused, with the number of entries', refused, 1, said);
  check('  the program is there', has('usr/bin/holdfast') && version() === versions.now);
  sound();

  expect('removed', dpkg('--remove', 'holdfast'), 0, has(journal) && !has('usr/bin/holdfast'));
  const later = dpkg('--purge', 'holdfast');
  expect('a purge after the removal is refused', later, 1, later.output.includes(`: ${entries}`));
  check('  the journal is kept', has(journal));
  expect('installed again over what was kept', install(packages.now), 0);
  sound();

  const forced = root.run(['dpkg', '--purge', 'holdfast'], force);
  const left = [
    'var/lib/holdfast',
    'var/lib/holdfast-removed',
    'etc/holdfast',
    'var/cache/holdfast',
    'usr/bin/holdfast',
  ].filter(has);
  check('purged by force: nothing is left', forced.status === 0 && left.length === 0, forced.output + left);

  install(packages.now);
  giveJournal(10, 10);
  const received = dpkg('--purge', 'holdfast');
  expect('purged without force where central has received everything', received, 0, !has('var/lib/holdfast'));
  install(packages.now);
  writeFileSync(at(journal), 'no database');
  const damaged = dpkg('--purge', 'holdfast');
  const unknown = damaged.output.includes('this box alone has: unknown');
  expect('a purge is refused where the journal cannot be read', damaged, 1, unknown && has(journal));
  rmSync(at(journal));
  expect('purged where there is no journal', dpkg('--purge', 'holdfast'), 0, !has('var/lib/holdfast'));
}

export function tryCentral(root: Root, packages: Packages, check: Check): void {
  const at = (path: string) => join(root.folder, path);
  const installed = root.run(['dpkg', '--install', `/packages/${basename(packages.central)}`]);
  check('central is installed', installed.status === 0, installed.output);
  const version = root.run(['/usr/bin/holdfast-central', 'version'], { HOME: '/root' });
  check('  and says what it is', version.status === 0, version.output);
  root.run([
    'sh',
    '-c',
    'mkdir -p /var/lib/holdfast-central && echo ledger > /var/lib/holdfast-central/central.db',
  ]);
  const purged = root.run(['dpkg', '--purge', 'holdfast-central']);
  const kept = existsSync(at('var/lib/holdfast-central/central.db'));
  check('  a purge leaves the ledger', purged.status === 0 && kept, purged.output);
  root.run(['dpkg', '--install', `/packages/${basename(packages.central)}`]);
  const forced = root.run(['dpkg', '--purge', 'holdfast-central'], force);
  const gone = !existsSync(at('var/lib/holdfast-central'));
  check('  and takes it by force', forced.status === 0 && gone, forced.output);
}
