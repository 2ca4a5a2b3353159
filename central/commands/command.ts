// The frame of every operators' command: its flags, its help with examples, and its answer in words or as JSON. A
// command's own file says what it does and what it answers.
import { Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { exactJson } from '../http/exact-json.ts';

export interface CommandShape {
  name: string;
  description: string;
  /** As commander writes them: `<file>`, `[file]`, `<items...>`. */
  arguments?: readonly [syntax: string, description: string][];
  options?: readonly Option[];
  /** Stands before the examples in --help. */
  help?: string;
  /** Each begins after the program's name. */
  examples: readonly string[];
}

export interface Said {
  /** With --json: one object. */
  result: object;
  /** For a person, without the last line break. */
  words: string;
  exitCode?: number;
}

/** A command that does its work and says one thing; null when it has written its answer itself. */
export function command<Options extends object, Args extends unknown[]>(
  shape: CommandShape,
  run: (options: Options, ...args: Args) => Said | null | Promise<Said | null>,
): Command {
  const made = new Command(shape.name).description(shape.description);
  for (const [syntax, description] of shape.arguments ?? []) made.argument(syntax, description);
  for (const option of shape.options ?? []) made.addOption(option);
  return made
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', helpText(shape))
    .action(async (...given: unknown[]) => {
      // commander's own order: the arguments, the options, the command.
      const options = given.at(-2) as Options & { json?: boolean };
      const said = await run(options, ...(given.slice(0, -2) as Args));
      if (said === null) return;
      const { result, words, exitCode = 0 } = said;
      process.stdout.write(`${options.json ? exactJson(result) : words}\n`);
      process.exitCode = exitCode;
    });
}

/** A command on central's database, which lies where the configuration says. */
export function databaseCommand<Options extends object, Args extends unknown[]>(
  shape: CommandShape,
  run: (dataFolder: string, options: Options, ...args: Args) => Said | null | Promise<Said | null>,
): Command {
  const options = [configOption().makeOptionMandatory(), ...(shape.options ?? [])];
  return command<Options & { config: string }, Args>({ ...shape, options }, (given, ...args) =>
    run(readConfig(given.config).dataFolder, given, ...args),
  );
}

export function configOption(): Option {
  return new Option('--config <file>', "central's TOML configuration");
}

/** An option that is a whole number of 1 or more. */
export function countOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new CommandError('argument_malformed', `'${text}' is not a whole number above 0`, `See ${flags}.`);
  });
}

/** An argument that is a whole number of 1 or more. */
export function countArgument(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CommandError('argument_malformed', `'${text}' is not a whole number above 0`, `See ${name}.`);
}

/** `1 product`, `2 products`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

export function helpText({ help, examples }: Pick<CommandShape, 'help' | 'examples'>): string {
  const lines = examples.flatMap((line) => folded(`holdfast-central ${line}`));
  return `${help === undefined ? '' : `\n${help}\n`}\nExamples:\n${lines.join('\n')}`;
}

const columnsMax = 78;

/** A command line over several lines, broken before an option, where a terminal would break it anywhere. */
function folded(line: string): string[] {
  const lines: string[] = [];
  for (const part of line.split(/ (?=--)/)) {
    const longer = lines.length === 0 ? `  ${part}` : `${lines.at(-1)} ${part}`;
    // And the ` \` at its end.
    if (longer.length + 2 <= columnsMax) lines.splice(-1, 1, longer);
    else lines.push(`      ${part}`);
  }
  return lines.map((text, i) => (i < lines.length - 1 ? `${text} \\` : text));
}
