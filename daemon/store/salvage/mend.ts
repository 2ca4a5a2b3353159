// Before a journal is opened: a look at it, and where it is damaged its salvage. Each step is kept before it is made, and each
// may be made again, so that a process killed at any moment comes to the same end at the next start; and what failed is said
// again and not tried again.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryTime } from '../../../contract/entry.ts';
import type { Clock } from '../../../kit/clock.ts';
import { syncFolder } from '../../../kit/durable-file.ts';
import { UnknownSchemaError } from '../../../kit/sqlite.ts';
import { type DamagedJournal, openDamaged } from './damaged-journal.ts';
import { failed, withoutRoom } from './errors.ts';
import { lookAtJournal, readIdentity } from './look.ts';
import { asideName, bytesOf, moveDatabase, type Places, placesIn, removeDurably } from './places.ts';
import { rebuild } from './rebuild.ts';
import { type Reckoning, reckon } from './reckoning.ts';
import { readSetAside, type SetAside, writeSetAside } from './set-aside.ts';
import { siteYearOf } from './site-year-of.ts';
import { readSuspicion } from './suspicion.ts';
import { verifyJournal } from './verify.ts';
import { readWork, type SalvageWork, writeWork } from './work.ts';

export interface MendOptions {
  folder: string;
  clock: Clock;
  /** A technician wants it looked at whole, and tried again where it failed. */
  asked?: boolean;
  /** Called between any two steps. */
  onStep?: (step: string) => void;
}

const triesMax = 5;
/** The new journal beside the damaged one, and what it grows by until the next receipt. */
const roomTimes = 2;

/**
 * For whoever holds the folder alone, before the journal is opened.
 * @returns what was set aside and why; null where nothing had to be
 * @throws SalvageError
 */
export function mendJournal({
  folder,
  clock,
  asked = false,
  onStep = () => {},
}: MendOptions): SetAside | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const places = placesIn(folder);
  let work = readWork(places);
  if (work?.failed && asked) work = { ...work, failed: null, tries: 0 };
  work ??= begin(places, clock, asked);
  if (work === null) return null;
  if (work.failed !== null) throw failed(work.failed);
  const made = work.made ?? make(places, work, clock, onStep);
  onStep('made');
  exchange(places, made, onStep);
  return made;
}

/** What would be kept and what is in doubt; nothing is changed. */
export function foreseeSalvage({ folder, clock }: Pick<MendOptions, 'folder' | 'clock'>): Reckoning {
  const places = placesIn(folder);
  const damaged = openDamaged(places);
  try {
    const suspicion = readSuspicion(places.suspicion);
    const told = suspicion?.cause === 'fallen_back' ? suspicion.receivedThrough : 0;
    return reckoned(places, damaged, { cause: suspicion?.cause ?? 'damaged', toldThrough: told }, clock);
  } finally {
    damaged.close();
  }
}

/** Null where nothing speaks against the journal. */
function begin(places: Places, clock: Clock, asked: boolean): SalvageWork | null {
  const suspicion = readSuspicion(places.suspicion);
  const found = lookAtJournal(places) ?? (suspicion || asked ? lookThoroughly(places) : null);
  const fallenBack = suspicion?.cause === 'fallen_back' ? suspicion : null;
  const behind = fallenBack && fellBehind(places, fallenBack);
  const failedBefore = suspicion?.cause === 'damaged' ? suspicion.words : null;
  const words =
    behind ?? found ?? (failedBefore !== null && isNew(places, failedBefore) ? failedBefore : null);
  if (words === null) {
    if (suspicion) removeDurably(places.suspicion, places.folder);
    return null;
  }
  const work: SalvageWork = {
    beganMs: clock.wallMs(),
    cause: behind ? 'fallen_back' : 'damaged',
    words,
    toldThrough: behind ? (fallenBack?.receivedThrough ?? 0) : 0,
    aside: freeAsideName(places, clock.wallMs()),
    journalId: randomUUID(),
    entryId: randomUUID(),
    tries: 0,
    failed: null,
    made: null,
  };
  return work;
}

function lookThoroughly(places: Places): string | null {
  const damaged = openDamaged(places);
  try {
    if (damaged.db === null) return 'SQLite cannot open it';
    const finding = verifyJournal(damaged.db, () => {}).findings.find(
      ({ code }) => code !== 'entry_malformed',
    );
    return finding ? `${finding.code}${'words' in finding ? `: ${finding.words}` : ''}` : null;
  } finally {
    damaged.close();
  }
}

/** Central's word counts for the journal it was about. */
function fellBehind(
  places: Places,
  suspicion: { journalId: string; receivedThrough: number },
): string | null {
  const damaged = openDamaged(places);
  try {
    const id = damaged.position?.journalId ?? readIdentity(places);
    if (id !== suspicion.journalId) return null;
    return `central has received ${suspicion.receivedThrough}, and the last entry is ${damaged.highestSeq}`;
  } finally {
    damaged.close();
  }
}

/** A file that is whole by every look is made anew once for a failure: if that comes again, the file is not its cause. */
function isNew({ folder }: Places, words: string): boolean {
  return !readSetAside(folder).some((note) => note.words === words);
}

function make(places: Places, work: SalvageWork, clock: Clock, onStep: (step: string) => void): SetAside {
  const sizeBytes = bytesOf(places.journal);
  const { bavail, bsize } = statfsSync(places.folder);
  if (bavail * bsize < sizeBytes * roomTimes) throw withoutRoom(bavail * bsize, sizeBytes * roomTimes);
  const trying = { ...work, tries: work.tries + 1 };
  if (trying.tries > triesMax) return giveUp(places, work, `it was begun ${triesMax} times and never ended`);
  writeWork(places, trying);
  onStep('begun');
  const damaged = openDamaged(places);
  try {
    const reckoning = reckoned(places, damaged, work, clock);
    onStep('reckoned');
    const { beganMs, words, journalId, entryId } = work;
    const at: EntryTime = {
      wallMs: beganMs,
      monotonicMs: Math.trunc(clock.monotonicMs()),
      bootId: clock.bootId,
    };
    const rebuilt = rebuild(places, damaged, reckoning, { journalId, entryId, at }, onStep);
    const { slips: _, endTold: _told, ...counted } = reckoning;
    const made: SetAside = {
      file: work.aside,
      atMs: beganMs,
      ...counted,
      words,
      ...rebuilt,
      acknowledgedMs: null,
    };
    writeWork(places, { ...trying, made });
    return made;
  } catch (error) {
    if (error instanceof UnknownSchemaError) throw error;
    if (isWithoutRoom(error)) throw withoutRoom(bavail * bsize, sizeBytes * roomTimes);
    return giveUp(places, trying, (error as Error).message, error);
  } finally {
    damaged.close();
  }
}

function reckoned(
  places: Places,
  damaged: DamagedJournal,
  { cause, toldThrough }: Pick<SalvageWork, 'cause' | 'toldThrough'>,
  clock: Clock,
): Reckoning {
  const told = { cause, receivedThrough: toldThrough };
  return reckon(damaged, told, readIdentity(places), siteYearOf(damaged.db, clock.wallMs()));
}

function giveUp(places: Places, work: SalvageWork, words: string, cause?: unknown): never {
  writeWork(places, { ...work, failed: words });
  throw failed(words, cause);
}

/** The damaged file gets its name, and the new one the journal's. Each step finds out whether it was made before. */
function exchange(places: Places, made: SetAside, onStep: (step: string) => void): void {
  const { folder, journal } = places;
  if (existsSync(places.made)) {
    moveDatabase(journal, join(folder, made.file));
    syncFolder(folder);
    onStep('set aside');
    renameSync(places.made, journal);
    syncFolder(folder);
    onStep('renamed');
  }
  writeSetAside(folder, made);
  onStep('noted');
  rmSync(places.suspicion, { force: true });
  removeDurably(places.work, folder);
  onStep('done');
}

function freeAsideName({ folder }: Places, wallMs: number): string {
  for (let ms = wallMs; ; ms++) {
    const name = asideName(ms);
    if (!existsSync(join(folder, name)) && !existsSync(join(folder, `${name}.json`))) return name;
  }
}

function isWithoutRoom(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code === 'SQLITE_FULL' || code === 'ENOSPC';
}
