// Every command beside `run`, in the order in which a technician meets them.
import type { Command } from 'commander';
import { addCompletionCommand } from './completion.ts';
import { addConfigCommands } from './config.ts';
import { addCareCommands } from './diagnose.ts';
import { addDoctorCommand } from './doctor.ts';
import { addHealthCommand } from './health.ts';
import { addIdentityCommands } from './identity.ts';
import { addJournalCommands } from './journal.ts';
import { addKioskCommands } from './kiosk.ts';
import { addPinCommands } from './pin.ts';
import { addReleaseCommands } from './release.ts';
import { addStatusCommand } from './status.ts';
import { addSyntheticCommands } from './synthetic.ts';
import { versionCommand } from './version.ts';

export function addCommands(program: Command): void {
  addIdentityCommands(program);
  addKioskCommands(program);
  addPinCommands(program);
  addStatusCommand(program);
  addHealthCommand(program);
  addDoctorCommand(program);
  addSyntheticCommands(program);
  addJournalCommands(program);
  addConfigCommands(program);
  addCareCommands(program);
  addReleaseCommands(program);
  program.addCommand(versionCommand().copyInheritedSettings(program));
  addCompletionCommand(program);
}
