// `holdfast config …`: what holds for this box and where each value came from, and keys changed without harm to the file.
import type { Command } from 'commander';
import { addCommand, type Options } from './command.ts';

export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('the configuration of this box');
  addCommand(config, {
    usage: 'show',
    description: 'every value that holds, and whether central, the file or a default says so',
    examples: ['holdfast config show', 'holdfast config show --json'],
    exitCodes: '0 done, 2 called or configured wrongly',
  }).action(async (options: Options) => (await import('./run-config.ts')).showConfig(options));
  addCommand(config, {
    usage: 'validate',
    description: 'judge the file without starting anything',
    examples: ['holdfast config validate', 'holdfast config validate --config new.toml'],
    exitCodes: '0 valid, 2 not, or called wrongly',
  }).action(async (options: Options) => (await import('./run-config.ts')).validateConfig(options));
  addCommand(config, {
    usage: 'set <key> <value>',
    description: 'change one key; comments and every other key stay as they are',
    examples: [
      'holdfast config set log.level debug',
      'holdfast config set http.ratePerMinute 1200',
      `holdfast config set http.corsOrigins '["https://till.example"]'`,
    ],
    exitCodes: '0 set, or it was so, 2 not possible: the file is as it was',
  }).action(async (key: string, value: string, options: Options) =>
    (await import('./run-config.ts')).setConfig(key, value, options),
  );
}
