// `holdfast version`: what this program is and what it runs on.
import { Command } from 'commander';
import { versionsOf, versionWords } from '../../kit/version.ts';
import { ownSchemas } from '../store/own-schemas.ts';
import { sqliteVersion } from '../store/sqlite-version.ts';

export function versionCommand(): Command {
  return new Command('version')
    .description('say release, commit, Node, SQLite, OpenSSL and architecture')
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast version --json\n\nExit codes: 0 said, 1 SQLite cannot be loaded',
    )
    .action(({ json }: { json?: boolean }) => {
      const versions = versionsOf('holdfast', sqliteVersion());
      const said = { ...versions, schemas: ownSchemas() };
      process.stdout.write(`${json ? JSON.stringify(said) : versionWords(versions)}\n`);
    });
}
