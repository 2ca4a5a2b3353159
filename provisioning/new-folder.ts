// A folder of new files that appears whole or not at all, and never over something that is already there.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { syncFolder, writeDurable } from '../kit/durable-file.ts';
import { ProvisioningError } from './error.ts';

export interface NewFile {
  /** Within the folder. */
  path: string;
  content: string;
  mode: number;
}

/** A file that only its owner may read: a private key. */
export function secretFile(path: string, content: string): NewFile {
  return { path, content, mode: 0o600 };
}

/** A file that everybody may read. */
export function openFile(path: string, content: string): NewFile {
  return { path, content, mode: 0o644 };
}

/** @throws ProvisioningError already_exists when `folder` is there and not an empty folder */
export function assertNewFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found && (!found.isDirectory() || readdirSync(folder).length > 0)) throw alreadyExists(folder);
}

/**
 * Writes the files into a new folder beside, syncs them and renames it: after any interruption `folder` holds all of
 * them or is as before. What an interrupted run leaves is `<folder>.<12 hex digits>.new`, keys that nobody trusts; it
 * may be deleted. Of two runs at the same moment one wins and the other throws.
 * @throws ProvisioningError already_exists when `folder` is there and not an empty folder, folder_unwritable
 */
export function writeNewFolder(folder: string, files: readonly NewFile[]): void {
  const target = resolve(folder);
  const beside = `${target}.${randomBytes(6).toString('hex')}.new`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    mkdirSync(beside, { mode: 0o700 });
    for (const file of files) {
      const path = join(beside, file.path);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeDurable(path, file.content, file.mode);
    }
    syncFolder(beside);
    // rename(2) replaces an empty folder and fails on anything else.
    renameSync(beside, target);
    syncFolder(dirname(target));
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    assertNewFolder(target);
    throw unwritable(target, error);
  }
}

function alreadyExists(folder: string): ProvisioningError {
  return new ProvisioningError(
    'already_exists',
    `${folder} already holds something`,
    'Name a new or empty folder. To begin again, move the old one away; what it issued will no longer be trusted.',
  );
}

function unwritable(folder: string, cause: unknown): ProvisioningError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProvisioningError(
    'folder_unwritable',
    `${folder} cannot be made: ${reason}`,
    'Check that the folder above it can be written and that the disk has room.',
    cause,
  );
}
