// `version`: what this program is and what it runs on.
import type { Command } from 'commander';
import { versionsOf, versionWords } from '../../kit/version.ts';
import { sqliteVersion } from '../ledger/sqlite/sqlite-version.ts';
import { command } from './command.ts';

export function version(): Command {
  return command(
    {
      name: 'version',
      description: 'say release, commit, Node, SQLite, OpenSSL and architecture',
      examples: ['version --json'],
    },
    () => {
      const result = versionsOf('holdfast-central', sqliteVersion());
      return { result, words: versionWords(result) };
    },
  );
}
