// What is done with the packages, in the order of a box's life, and what must have come of each step.
import { appendFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type Box, type Check, config, journal } from './box.ts';
import { type Packages, versions } from './packages.ts';
import type { Said } from './root.ts';

const centralUrl = '[central]\nurl = "mqtts://central.example:8883"\n';

/** The box seen through a layer that has too little room for a program, until it is made. */
export interface FullDisk {
  box: Pick<Box, 'install' | 'version' | 'verify'>;
  makeRoom(): void;
}

/** @param entries how many the journal has that nothing may lose */
export function tryHoldfast(
  box: Box,
  fullDisk: FullDisk,
  packages: Packages,
  entries: number,
  check: Check,
): void {
  const keepsAll = () => keepsEntries(box, entries, check);
  installed(box, packages, check);
  appendFileSync(box.at(config), `\n${centralUrl}`);
  box.giveJournal(entries, 0);
  keepsAll();
  upgradedWithoutRoom(fullDisk, packages, entries, check);
  upgraded(box, packages, keepsAll, check);
  refused(box, packages, entries, keepsAll, check);
  purged(box, packages, check);
}

function installed(box: Box, { before }: Packages, check: Check): void {
  said(check, 'the version before is installed', box.install(before), 0);
  check('  it is that version', box.version() === versions.before);
  const wanted = 'etc/systemd/system/multi-user.target.wants/holdfast.service';
  check('  the service is enabled', box.has(wanted));
  check(
    '  the timer of renewals too',
    box.has('etc/systemd/system/timers.target.wants/holdfast-renew.timer'),
  );
  const data = statSync(box.at('var/lib/holdfast'));
  check('  its data folder is its own account’s alone', (data.mode & 0o777) === 0o700 && data.uid > 0);
  const file = statSync(box.at(config));
  const readable = (file.mode & 0o777) === 0o640 && file.uid === 0 && file.gid === data.gid;
  check('  its configuration is root’s, and it may read it', readable);
}

/** On a layer over the box, which is as before afterwards. */
function upgradedWithoutRoom(disk: FullDisk, { now }: Packages, entries: number, check: Check): void {
  const { box } = disk;
  said(
    check,
    'an upgrade for which the disk has no room fails',
    box.install(now),
    1,
    'No space left on device',
  );
  check('  the version before is there', box.version() === versions.before);
  const { output } = box.verify();
  check('  and runs, and proves every entry', output.includes(`"lastSeq":${entries}`), output);
  disk.makeRoom();
  said(check, '  with room, the same command upgrades', box.install(now), 0);
  check('  it is the new version', box.version() === versions.now);
}

function upgraded(box: Box, { before, now }: Packages, keepsAll: () => void, check: Check): void {
  said(check, 'upgraded', box.install(now), 0);
  check('  it is the new version', box.version() === versions.now);
  keepsAll();
  said(check, 'downgraded', box.install(before, '--force-downgrade'), 0);
  check('  it is the version before', box.version() === versions.before);
  keepsAll();
  said(check, 'upgraded again', box.install(now), 0);
}

function refused(box: Box, { now }: Packages, entries: number, keepsAll: () => void, check: Check): void {
  const purge = box.dpkg('--purge', 'holdfast');
  said(check, 'a purge is refused, with the number of entries', purge, 1, `box alone has: ${entries}`);
  check('  the program is there', box.has('usr/bin/holdfast') && box.version() === versions.now);
  keepsAll();
  said(check, 'removed', box.dpkg('--remove', 'holdfast'), 0);
  check('  the program is gone, the journal is there', box.has(journal) && !box.has('usr/bin/holdfast'));
  const later = box.dpkg('--purge', 'holdfast');
  said(check, 'a purge after the removal is refused', later, 1, `box alone has: ${entries}`);
  said(check, 'installed again', box.install(now), 0);
  keepsAll();
}

function purged(box: Box, { now }: Packages, check: Check): void {
  said(check, 'purged by force', box.purgeByForce('holdfast'), 0);
  const places = ['var/lib/holdfast', 'var/lib/holdfast-removed', 'etc/holdfast', 'var/cache/holdfast'];
  const left = places.filter((path) => box.has(path));
  check('  nothing is left', left.length === 0, left.join(' '));

  box.install(now);
  box.giveJournal(10, 10);
  said(check, 'purged where central has received everything', box.dpkg('--purge', 'holdfast'), 0);
  check('  nothing is left', !box.has('var/lib/holdfast'));

  box.install(now);
  writeFileSync(box.at(journal), 'no database');
  const unknown = box.dpkg('--purge', 'holdfast');
  said(check, 'a purge is refused where the journal cannot be read', unknown, 1, 'alone has: unknown');
  rmSync(box.at(journal));
  said(check, 'purged where there is no journal', box.dpkg('--purge', 'holdfast'), 0);
  check('  nothing is left', !box.has('var/lib/holdfast'));
}

export function tryCentral(box: Box, { central }: Packages, check: Check): void {
  const ledger = 'var/lib/holdfast-central/central.db';
  said(check, 'central is installed', box.install(central), 0);
  mkdirSync(box.at('var/lib/holdfast-central'), { recursive: true });
  writeFileSync(box.at(ledger), 'a ledger');
  said(check, 'central is purged', box.dpkg('--purge', 'holdfast-central'), 0);
  check('  the ledger is kept', box.has(ledger));
  box.install(central);
  said(check, 'central is purged by force', box.purgeByForce('holdfast-central'), 0);
  check('  the ledger is gone', !box.has('var/lib/holdfast-central'));
}

/** I16 */
function keepsEntries(box: Box, entries: number, check: Check): void {
  const { output } = box.verify();
  const proven = output.includes('"sound":true') && output.includes(`"lastSeq":${entries}`);
  const none = output.includes('"receivedThrough":0');
  check(`  ${entries} unreceived entries are there, proven by their chain`, proven && none, output);
  check('  the configuration is as it was', box.configuration().endsWith(centralUrl), box.configuration());
}

function said(check: Check, what: string, { status, output }: Said, wanted: number, words = ''): void {
  check(what, status === wanted && output.includes(words), output);
}
