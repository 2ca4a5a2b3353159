// `holdfast doctor`: about twenty checks, while the service runs or not, each with what to do.
import type { Command } from 'commander';
import { addCommand } from './command.ts';
import type { DoctorOptions } from './run-doctor.ts';

export function addDoctorCommand(program: Command): void {
  addCommand(program, {
    usage: 'doctor',
    description: 'look at everything this box needs, and say what to do',
    examples: ['holdfast doctor', 'holdfast doctor --thorough', 'holdfast doctor --json'],
    exitCodes: '0 all is well, 1 warnings, 2 errors',
  })
    .option('--thorough', 'read the whole journal, which may take minutes')
    .action(async (options: DoctorOptions) => (await import('./run-doctor.ts')).runDoctor(options));
}
