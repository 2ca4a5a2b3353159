// Where the files of releases lie, by their sums.
import { join } from 'node:path';

export function releasesFolder(dataFolder: string): string {
  return join(dataFolder, 'releases');
}
