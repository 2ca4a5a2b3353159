// `holdfast completion`: the script that lets a shell complete this program's commands.
import { Argument, type Command } from 'commander';
import { completionScript, type Shell, shells } from '../../kit/completion.ts';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print what lets a shell complete these commands')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `\nExamples:\n  holdfast completion bash > /etc/bash_completion.d/holdfast\n  holdfast completion fish > ~/.config/fish/completions/holdfast.fish\n\nExit codes: 0 done, 2 called wrongly`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(program, shell));
    });
}
