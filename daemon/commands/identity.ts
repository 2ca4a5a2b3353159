// `holdfast enrol` and `holdfast renew`, as the program lists them. What they do is loaded when it is asked for: a running
// daemon carries none of it.
import type { Command } from 'commander';
import { defaultConfigPath } from './command.ts';
import type { EnrolOptions } from './enrol.ts';
import type { RenewOptions } from './renew.ts';

export function addIdentityCommands(program: Command): void {
  program
    .command('enrol')
    .description('make this box an appliance, by the slip that central printed')
    .option('--config <file>', 'the configuration, TOML', defaultConfigPath)
    .option('--slip <file>', 'the text of the slip’s QR code; - for standard input')
    .option('--est <url>', 'instead of --slip: the slip’s link, https://host:port')
    .option('--appliance <id>', 'the slip’s appliance')
    .option('--root <sha256>', 'the slip’s fingerprint of the root')
    .option('--code-file <file>', 'a file with the slip’s code; - for standard input')
    .option('--bundle <file>', 'instead of a slip: the sealed file for a site without a link')
    .option('--passphrase-file <file>', 'a file with its passphrase; - for standard input')
    .option('--start', 'start the service when it is done')
    .option('--json', 'print the result as one JSON object, the steps to stderr')
    .addHelpText(
      'after',
      `
Without --slip it asks. The code is never an argument, where others would
see it; HOLDFAST_ENROL_CODE in the environment is read with --est.
With --bundle it sells offline at once, and is enrolled at the first contact;
HOLDFAST_BUNDLE_PASSPHRASE in the environment is its passphrase.
It may be interrupted at any moment: run it again, and it continues.

Examples:
  holdfast enrol
  holdfast enrol --slip /media/stick/leeds-1.json --start
  holdfast enrol --slip - < leeds-1.json
  holdfast enrol --bundle /media/stick/leeds-2-1.bundle --start

Exit codes: 0 enrolled, 1 not possible now (link, code, central), 2 called or
configured wrongly`,
    )
    .action(async (options: EnrolOptions) => (await import('./enrol.ts')).runEnrol(options));

  program
    .command('renew')
    .description('renew the certificate if its time has come')
    .option('--config <file>', 'the configuration, TOML', defaultConfigPath)
    .option('--force', 'renew it whatever its time')
    .option('--json', 'print the result as one JSON object, the steps to stderr')
    .addHelpText(
      'after',
      `
Due at a third of its life left, or earlier where outages have been long.

Examples:
  holdfast renew
  holdfast renew --force --json

Exit codes: 0 renewed or not due, 1 due and not possible now, 2 called or
configured wrongly`,
    )
    .action(async (options: RenewOptions) => (await import('./renew.ts')).runRenew(options));
}
