// `holdfast status`: the daemon's own word while it runs; while it does not, what its files say, and that it does not run.
import type { Command } from 'commander';
import { addCommand, type Options } from './command.ts';

export function addStatusCommand(program: Command): void {
  addCommand(program, {
    usage: 'status',
    description: 'how this appliance is, whether the service runs or not',
    examples: ['holdfast status', 'holdfast status --json'],
    exitCodes: '0 it runs, 1 it does not or says nothing, 2 called or configured wrongly',
  }).action(async (options: Options) => (await import('./run-status.ts')).runStatus(options));
}
