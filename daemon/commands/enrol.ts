// `holdfast enrol`: makes an empty box an appliance of central's, by the slip that central printed. It may be interrupted at
// any moment and run again.
import { releaseMadeAtMs } from '../../kit/version.ts';
import { readFolders } from '../config.ts';
import { readAwaited } from '../identity/awaiting.ts';
import { type Enrolled, type EnrolParts, enrol, startOf } from '../identity/enrol.ts';
import { IdentityError } from '../identity/error.ts';
import { hasIdentity, readIdentity } from '../identity/identity-folder.ts';
import { alone } from '../identity/lock.ts';
import { timeKnown } from '../identity/server-time.ts';
import { Enrolment, openWork, workFiles } from '../identity/work.ts';
import { enrolByBundle } from './enrol-bundle.ts';
import { configure, finish, otherAppliance } from './enrolled.ts';
import { ownerOf, speaker, withWords } from './identity-places.ts';
import { askSlip, type SlipOptions, slipOf } from './slip-options.ts';

export interface EnrolOptions extends SlipOptions {
  config: string;
  /** In place of a slip. */
  bundle?: string;
  passphraseFile?: string;
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
  if (options.bundle !== undefined) {
    const box = { dataFolder, work, owner, say, presentId: present?.applianceId ?? null };
    return enrolByBundle({ ...options, bundle: options.bundle }, box);
  }
  const kept = work.read();
  const underWay = kept !== null && kept.at !== 'done';
  let given = await slipOf(options);
  if (!given && !underWay) {
    if (present) say(presentWords(present.applianceId));
    given = await askSlip();
  }
  const knownId = present?.applianceId ?? readAwaited(dataFolder)?.applianceId;
  if (knownId !== undefined && given && given.appliance !== knownId) throw otherAppliance(knownId, given);
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

function presentWords(applianceId: string): string {
  return `this box is ${applianceId}; a new slip for ${applianceId} gives it a new certificate and keeps its journal`;
}

function doneWords({ applianceId, notAfterMs }: Enrolled, starting: boolean): string {
  const until = new Date(notAfterMs).toISOString().slice(0, 10);
  const next = starting ? '' : '\nnext: systemctl start holdfast (or restart, if it runs)';
  return `enrolled: this box is ${applianceId}, certified until ${until}${next}`;
}
