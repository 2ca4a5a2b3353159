// What the operators' commands have in common: their flags, what they print, the look of their help.
import { Option } from 'commander';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { exactJson } from '../http/exact-json.ts';

export const configFlag = ['--config <file>', "central's TOML configuration"] as const;
export const jsonFlag = ['--json', 'print the result as one JSON object'] as const;

export interface CommandOptions {
  config: string;
  json?: boolean;
}

/** Where the database of the configuration lies. */
export function dataFolderOf({ config }: { config: string }): string {
  return readConfig(config).dataFolder;
}

/** An option that is a whole number of 1 or more. */
export function countOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new CommandError('argument_malformed', `'${text}' is not a whole number above 0`, `See ${flags}.`);
  });
}

export function print(options: { json?: boolean }, result: object, words: string): void {
  process.stdout.write(`${options.json ? exactJson(result) : words}\n`);
}

export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  holdfast-central ${line}`).join('\n')}`;
}

/** `1 product`, `2 products`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
