// The files beside a journal that a salvage reads, makes and leaves: their names, and whose they are.
import { chownSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurable } from '../../../kit/durable-file.ts';

/** SQLite's log and its index belong to the file they lie beside. */
const parts = ['', '-wal', '-shm'];
const asideMark = 'journal.db.damaged-';
const asideNotePattern = /^journal\.db\.damaged-\d+\.json$/;

export interface Places {
  folder: string;
  journal: string;
  log: string;
  /** Says which journal it is, where its own file can no longer. */
  identity: string;
  /** The next start looks at everything, and why. */
  suspicion: string;
  /** How far a salvage has come that is under way. */
  work: string;
  /** The new journal, until it is whole. */
  made: string;
}

export function placesIn(folder: string): Places {
  const at = (name: string) => join(folder, name);
  return {
    folder,
    journal: at('journal.db'),
    log: at('journal.db-wal'),
    identity: at('journal.id'),
    suspicion: at('journal.suspect'),
    work: at('journal.salvage'),
    made: at('journal.db.salvaging'),
  };
}

export function asideName(wallMs: number): string {
  return `${asideMark}${Math.max(0, Math.trunc(wallMs))}`;
}

/** The notes on journals that were set aside, the newest last. */
export function asideNotes(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => asideNotePattern.test(name))
    .sort();
}

/** Moves a database with its log to another name; what was moved before is passed over, so that it may be done twice. */
export function moveDatabase(from: string, to: string): void {
  for (const part of parts) if (existsSync(from + part)) renameSync(from + part, to + part);
}

export function removeDatabase(path: string): void {
  for (const part of parts) rmSync(path + part, { force: true });
}

export function bytesOf(path: string): number {
  return parts
    .slice(0, 2)
    .reduce((sum, part) => sum + (statSync(path + part, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** A small file of the folder's owner: a command run as root must leave nothing that the daemon's account cannot open. */
export function writeOwned(path: string, folder: string, content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeDurable(path, `${text}\n`, 0o600, ownerFor(folder));
}

export function ownAsFolder(path: string, folder: string): void {
  const owner = ownerFor(folder);
  if (owner) chownSync(path, owner.uid, owner.gid);
}

export function removeDurably(path: string, folder: string): void {
  rmSync(path, { force: true });
  syncFolder(folder);
}

function ownerFor(folder: string): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}
