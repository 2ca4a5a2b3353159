// `holdfast release …`: which program the box runs, and back to the one that its package brought.
import type { Command } from 'commander';
import { addCommand, type Options } from './command.ts';
import type { RollbackOptions } from './run-release.ts';

export function addReleaseCommands(program: Command): void {
  const release = program.command('release').description('which program this box runs');
  addCommand(release, {
    usage: 'status',
    description: 'the program that starts, the slots, and what became of the last release',
    examples: ['holdfast release status', 'holdfast release status --json'],
    exitCodes: '0 said, 1 this box takes no releases, 2 called or configured wrongly',
  }).action(async (options: Options) => (await import('./run-release.ts')).releaseStatus(options));
  addCommand(release, {
    usage: 'rollback',
    description: 'run the program of the package, or of a slot, from the next start on',
    examples: ['holdfast release rollback', 'holdfast release rollback --to a'],
    exitCodes: '0 done, 1 not possible, 2 called or configured wrongly',
  })
    .option('--to <slot>', 'package, a or b', 'package')
    .action(async (options: RollbackOptions) => (await import('./run-release.ts')).rollBack(options));
}
