// One daemon on one journal: it keeps the head of the chain in memory, and a second one would not know what the first added.
import { mkdirSync, realpathSync } from 'node:fs';
import { holdSolely } from '../../kit/sole-holder.ts';

/** The folder is in use by another process of this machine. */
export class FolderInUseError extends Error {
  readonly hint = 'Stop it first: systemctl stop holdfast';
}

/**
 * For the daemon while it runs, and for a command that changes the journal while the daemon must not.
 * @returns what lets the folder go
 * @throws FolderInUseError
 */
export async function holdFolder(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = await holdSolely(`journal ${realpathSync(folder)}`);
  if (!release) throw new FolderInUseError(`a daemon is at work on ${folder}`);
  return release;
}
