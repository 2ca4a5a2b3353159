// `holdfast-central` as a command line: every command, and what is said of one that could not be done.
import { Command, CommanderError } from 'commander';
import { ProvisioningError } from '../provisioning/error.ts';
import { configOption, helpText } from './commands/command.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { groups } from './commands/groups.ts';
import { health } from './commands/health.ts';
import { version } from './commands/version.ts';
import { CommandError, exitCodes } from './errors.ts';

/** @param run the service, until it is told to stop */
export function createProgram(run: (configPath: string) => Promise<void>): Command {
  const program = new Command('holdfast-central')
    .description('The settlement service of Holdfast: receives journals, keeps the ledger, feeds appliances.')
    .showHelpAfterError()
    .exitOverride();
  program
    .command('run')
    .description('run the service until SIGTERM')
    .addOption(configOption().makeOptionMandatory())
    .addHelpText('after', helpText({ examples: ['run --config /etc/holdfast/central.toml'] }))
    .action((options: { config: string }) => run(options.config));
  program.addCommand(health().copyInheritedSettings(program));
  program.addCommand(version().copyInheritedSettings(program));
  for (const [name, description, commands] of groups) {
    const group = program.command(name).description(description);
    for (const one of commands) group.addCommand(one.copyInheritedSettings(group));
  }
  addCompletionCommand(program);
  return program;
}

/** @returns the exit code */
export async function runProgram(program: Command, args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

/** What went wrong, on stderr, and the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (error instanceof CommandError) {
    say(`${error.code}: ${error.message}`);
    for (const detail of error.details) say(`  ${detail}`);
    say(error.hint);
    return exitCodes[error.code];
  }
  if (error instanceof ProvisioningError) {
    say(`${error.code}: ${error.message}\n${error.hint}`);
    return error.code === 'bad_argument' ? 2 : 1;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}
