// `holdfast journal salvage`: the same that the service does at its start, where a technician wants to see it beforehand, or
// again after it failed. `holdfast journal acknowledge`: that somebody has taken note.
import { systemClock } from '../../kit/clock.ts';
import { readConfig } from '../config.ts';
import { readAtRest } from '../store/at-rest.ts';
import { SalvageError } from '../store/salvage/errors.ts';
import { foreseeSalvage, mendJournal } from '../store/salvage/mend.ts';
import { openForReading, orNull } from '../store/salvage/readable.ts';
import {
  beganAnew,
  doubtWords,
  openNotes,
  type SetAside,
  writeSetAside,
} from '../store/salvage/set-aside.ts';
import { type Options, print } from './command.ts';
import { CommandError } from './error.ts';
import { holdOrRefuse } from './hold.ts';

export type SalvageOptions = Options & { dryRun?: boolean };

export function runSalvage(options: SalvageOptions): void {
  const { dataFolder: folder } = readConfig(options.config);
  const release = holdOrRefuse(folder);
  try {
    if (options.dryRun) foresee(folder, options);
    else salvage(folder, options);
  } finally {
    release();
  }
}

function foresee(folder: string, options: Options): void {
  const { endTold: _, ...reckoning } = foreseeSalvage({ folder, clock: systemClock() });
  const { carried, lastSeq, lost, altered, unproven } = reckoning;
  const doubts = lost.length + altered.length + unproven.length > 0;
  const words = doubts
    ? doubtWords(reckoning).replace('were kept', 'would be kept')
    : `All ${lastSeq} entries are whole: ${carried} would be kept.`;
  print(options, { dryRun: true, ...reckoning }, `${words}\nNothing was changed.`);
}

function salvage(folder: string, options: Options): void {
  const setAside = tried(() => mendJournal({ folder, clock: systemClock(), asked: true }));
  if (!setAside) {
    print(options, { salvaged: false }, 'The journal is sound; nothing was changed.');
    return;
  }
  print(
    options,
    { salvaged: true, ...setAside },
    [
      doubtWords(setAside),
      `Set aside: ${setAside.file}`,
      `It goes on as ${setAside.journalId}${beganAnew(setAside) ? ', a new journal' : ', itself'}.`,
      'Next: systemctl start holdfast',
    ].join('\n'),
  );
}

function tried<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SalvageError)) throw error;
    const words = error.message.replace(`${error.code}: `, '');
    throw new CommandError(error.code, words, error.hint, error);
  }
}

export function runAcknowledge(options: Options): void {
  const { dataFolder: folder } = readConfig(options.config);
  const open = openNotes(folder);
  const anew = open.filter(beganAnew);
  if (anew.length > 0 && !centralKnows(folder)) {
    throw new CommandError(
      'salvage_unreceived',
      `central does not know yet what is in doubt: ${anew.map(doubtWords).join(' ')}`,
      'Bring the link back, start the service and wait until `holdfast status` names exposure_halved no longer.',
    );
  }
  for (const note of open) writeSetAside(folder, { ...note, acknowledgedMs: Date.now() });
  const files = open.map(({ file }) => file);
  print(options, { acknowledged: files }, words(open));
}

function words(open: readonly SetAside[]): string {
  if (open.length === 0) return 'There is nothing to acknowledge.';
  return [
    ...open.map(({ file }) => `Acknowledged: ${file}`),
    'It stays where it is until you take it away.',
  ].join('\n');
}

/** The journal that goes on begins with what is in doubt. */
function centralKnows(folder: string): boolean {
  const db = openForReading(folder);
  try {
    const atRest = db && orNull(() => readAtRest(db));
    return atRest !== null && atRest.receivedThrough >= 1;
  } finally {
    db?.close();
  }
}
