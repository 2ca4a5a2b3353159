// `holdfast enrol`: makes an empty box an appliance of central's, by the slip that central printed. It may be interrupted at
// any moment and run again.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { writeDurable } from '../../kit/durable-file.ts';
import { releaseMadeAtMs } from '../../kit/version.ts';
import { readFolders } from '../config.ts';
import { setKey } from '../edit-config.ts';
import { type Enrolled, type EnrolParts, enrol, startOf } from '../identity/enrol.ts';
import { IdentityError } from '../identity/error.ts';
import { hasIdentity, readIdentity } from '../identity/identity-folder.ts';
import { alone } from '../identity/lock.ts';
import { timeKnown } from '../identity/server-time.ts';
import type { Slip } from '../identity/slip.ts';
import { Enrolment, openWork, workFiles } from '../identity/work.ts';
import { CommandError } from './error.ts';
import { ownerOf, speaker, withWords } from './identity-places.ts';
import { askSlip, type SlipOptions, slipOf } from './slip-options.ts';

export interface EnrolOptions extends SlipOptions {
  config: string;
  json?: boolean;
  start?: boolean;
}

export function runEnrol(options: EnrolOptions): Promise<void> {
  return withWords('enrol', async () => {
    const folders = readFolders(options.config);
    await alone(folders.identityFolder, () => enrolHere(options, folders));
  });
}

async function enrolHere(
  options: EnrolOptions,
  { dataFolder, identityFolder }: ReturnType<typeof readFolders>,
): Promise<void> {
  const say = speaker(options.json);
  const owner = ownerOf(dataFolder);
  const work = openWork(workFiles(dataFolder).enrolment, Enrolment, owner);
  const present = hasIdentity(identityFolder) ? readIdentity(identityFolder) : null;
  const kept = work.read();
  const underWay = kept !== null && kept.at !== 'done';
  let given = await slipOf(options);
  if (!given && !underWay) {
    if (present) say(presentWords(present.applianceId));
    given = await askSlip();
  }
  if (present && given && given.appliance !== present.applianceId) {
    throw otherAppliance(present.applianceId, given);
  }
  const start = startOf(given, kept);
  if (!start) throw new IdentityError('slip_missing', 'there is no slip', 'Give one with --slip.');
  if (start.at === 'done' && present) {
    const line = `this slip was used: the box is enrolled as ${present.applianceId}`;
    return finish(options, { already: true, applianceId: present.applianceId }, line);
  }
  // Done, and the identity is gone since: the slip is tried again, and central says whether its code still is one.
  const from = start.at === 'done' ? startOf(given, null) : start;
  if (!from || from.at === 'done')
    throw new IdentityError('slip_missing', 'there is no slip', 'Give it again.');
  if (start === kept) say(`going on with the enrolment of ${from.slip.appliance}`);
  const parts: EnrolParts = {
    work,
    identityFolder,
    owner,
    time: () => timeKnown(Date.now(), releaseMadeAtMs),
    configure: (central) => configure(options.config, central),
    say,
  };
  const enrolled = await enrol(parts, from);
  finish(options, enrolled, doneWords(enrolled, options.start === true));
}

/** Keeps the file's comments, other keys, mode and owner. */
function configure(
  path: string,
  { url, est, site }: { url: string; est: string; site: string | null },
): void {
  let text = readFileSync(path, 'utf8');
  const keys: [[string, ...string[]], string | null][] = [
    [['site'], site],
    [['central', 'est'], est],
    [['central', 'url'], url],
  ];
  for (const [key, value] of keys) {
    if (value === null) continue;
    const edited = setKey(text, key, value);
    if (edited === null) {
      const hint = `Write ${key.join('.')} = ${JSON.stringify(value)} into ${path} yourself, then run the same command again.`;
      throw new CommandError(
        'config_not_editable',
        `${key.join('.')} cannot be set without changing more`,
        hint,
      );
    }
    text = edited;
  }
  if (text === readFileSync(path, 'utf8')) return;
  const { mode, uid, gid } = statSync(path);
  writeDurable(path, text, mode & 0o777, process.getuid?.() === 0 ? { uid, gid } : null);
}

function finish(options: EnrolOptions, result: Enrolled | object, words: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : words}\n`);
  if (options.start) startService();
}

function startService(): void {
  // Restart: a service that sold under an older identity takes the new one.
  const { status, error } = spawnSync('systemctl', ['restart', 'holdfast'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0) return;
  throw new CommandError(
    'service_not_started',
    `the box is enrolled, but holdfast.service did not start${error ? ` (${error.message})` : ''}`,
    'See: systemctl status holdfast',
  );
}

function presentWords(applianceId: string): string {
  return `this box is ${applianceId}; a new slip for ${applianceId} gives it a new certificate and keeps its journal`;
}

function doneWords({ applianceId, notAfterMs }: Enrolled, starting: boolean): string {
  const until = new Date(notAfterMs).toISOString().slice(0, 10);
  const next = starting ? '' : '\nnext: systemctl start holdfast (or restart, if it runs)';
  return `enrolled: this box is ${applianceId}, certified until ${until}${next}`;
}

function otherAppliance(present: string, { appliance }: Slip): IdentityError {
  return new IdentityError(
    'other_appliance',
    `this box is ${present}, and the slip is for ${appliance}`,
    `Have central make a slip for ${present}. To make the box another appliance, first hand over its journal and reset it.`,
  );
}
