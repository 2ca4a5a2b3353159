// `health`: whether central is well, in one word and an exit code, for the health checks of containers.
import type { Command } from 'commander';
import { askHealth } from '../../kit/health.ts';
import { readConfig } from '../config.ts';
import { command, configOption } from './command.ts';

const well = ['ok'];

export function health(): Command {
  return command(
    {
      name: 'health',
      description: 'say whether central answers, its database with it; for health checks',
      help: 'Exit codes: 0 it is well, 1 it is not, 2 called or configured wrongly.',
      options: [configOption().makeOptionMandatory()],
      examples: ['health --config central.toml'],
    },
    async ({ config }: { config: string }) => {
      const result = await askHealth(readConfig(config).http, well);
      return { result, words: result.words, exitCode: result.healthy ? 0 : 1 };
    },
  );
}
