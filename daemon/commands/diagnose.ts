// `holdfast diagnose`: one file for whoever helps from afar, without a secret in it. `holdfast reset`: an empty box again.
import type { Command } from 'commander';
import { addCommand } from './command.ts';
import type { DiagnoseOptions } from './run-diagnose.ts';
import type { ResetOptions } from './run-reset.ts';

export function addCareCommands(program: Command): void {
  addCommand(program, {
    usage: 'diagnose',
    description: 'write a support bundle, with secrets and tokens taken out',
    examples: ['holdfast diagnose', 'holdfast diagnose --out /media/stick/leeds-1.tar.gz'],
    exitCodes: '0 written, 1 not possible, 2 called or configured wrongly',
  })
    .option('--out <file>', 'the bundle; without it, holdfast-<appliance>-<time>.tar.gz here')
    .action(async (options: DiagnoseOptions) => (await import('./run-diagnose.ts')).runDiagnose(options));
  addCommand(program, {
    usage: 'reset',
    description: 'make this an empty box again: its journal, kiosks and identity go',
    examples: ['holdfast reset', 'holdfast reset --yes', 'holdfast reset --yes --discard "12.30 GBP"'],
    exitCodes: '0 done, 1 refused (it runs, or entries are here only), 2 called wrongly',
  })
    .option('--yes', 'without asking')
    .option('--discard <money>', 'the money that only this box knows of, as reset names it')
    .option('--discard-damaged', 'also a damaged journal that nobody acknowledged')
    .action(async (options: ResetOptions) => (await import('./run-reset.ts')).runReset(options));
}
