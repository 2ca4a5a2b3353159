// `holdfast health`: whether the daemon is well, in one word and an exit code, for the health checks of containers. `status`
// is for people: it tells more, and where kiosks need tokens it is told nothing.
import type { Command } from 'commander';
import { askHealth } from '../../kit/health.ts';
import { readConfig } from '../config.ts';
import { addCommand, type Options, print } from './command.ts';

/** A box that waits for central's first catalogue needs no new start. */
const well = ['ready', 'waiting_for_feed'];

export function addHealthCommand(program: Command): void {
  addCommand(program, {
    usage: 'health',
    description: 'whether the daemon answers, its store with it; for health checks',
    examples: ['holdfast health', 'holdfast health --json'],
    exitCodes: '0 it is well, 1 it is not, 2 called or configured wrongly',
  }).action(async (options: Options) => {
    const health = await askHealth(readConfig(options.config).http, well);
    print(options, health, health.words);
    process.exitCode = health.healthy ? 0 : 1;
  });
}
