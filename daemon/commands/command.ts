// The frame of a technician's command: its flags, its help with examples, and its answer in words or as one JSON object.
import type { Command } from 'commander';

export const defaultConfigPath = '/etc/holdfast/holdfast.toml';

export interface Options {
  config: string;
  json?: boolean;
}

export interface CommandShape {
  /** As commander writes it: the name, then its arguments. */
  usage: string;
  description: string;
  examples: readonly string[];
  /** What each code means here, as it stands at the end of --help. */
  exitCodes: string;
}

/** Adds one command, which reads the appliance's configuration. */
export function addCommand(
  program: Command,
  { usage, description, examples, exitCodes }: CommandShape,
): Command {
  return program
    .command(usage)
    .description(description)
    .option('--config <file>', 'the configuration, TOML', defaultConfigPath)
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n\nExit codes: ${exitCodes}`,
    );
}

/** The one thing a command says: for programs with --json, else for people. */
export function print(options: Pick<Options, 'json'>, result: object, words: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result) : words}\n`);
}
