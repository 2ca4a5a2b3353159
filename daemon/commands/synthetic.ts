// `holdfast synthetic run`: has the running daemon make a synthetic checkout.
import type { Command } from 'commander';
import { addCommand, type Options } from './command.ts';

export function addSyntheticCommands(program: Command): void {
  const synthetic = program
    .command('synthetic')
    .description('checkouts that the box asks itself, and that move nothing');
  addCommand(synthetic, {
    usage: 'run',
    description: 'make one now, and say how far it came and how long each hop took',
    examples: ['holdfast synthetic run', 'holdfast synthetic run --json'],
    exitCodes:
      '0 it passed (without a link: as far as this box goes), 1 it failed or the\n  service does not run, 2 called or configured wrongly',
  }).action(async (options: Options) => (await import('./run-synthetic.ts')).runSynthetic(options));
}
