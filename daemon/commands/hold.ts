// The data folder for a command that changes what the daemon works on: its alone, or refused.
import { FolderInUseError, holdFolder } from '../store/sole-daemon.ts';
import { CommandError } from './error.ts';

/** @returns what lets the folder go; @throws CommandError service_runs */
export function holdOrRefuse(folder: string): () => void {
  try {
    return holdFolder(folder);
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    throw new CommandError('service_runs', error.message, error.hint, error);
  }
}
