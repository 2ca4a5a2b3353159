// `holdfast-central completion`: the script that lets a shell complete this program's commands.
import { Argument, type Command } from 'commander';
import { completionScript, type Shell, shells } from '../../kit/completion.ts';
import { helpText } from './command.ts';

export function addCompletionCommand(program: Command): void {
  const examples = ['completion bash > /etc/bash_completion.d/holdfast-central', 'completion fish'];
  program
    .command('completion')
    .description('print what lets a shell complete these commands')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText('after', helpText({ examples }))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(program, shell));
    });
}
