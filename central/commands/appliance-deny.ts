// `appliance revoke`, `retire`, `readmit`, `acknowledge`: who is let in, and what a person has seen to.
import type { Command } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import type { IdentityView, MissingRange } from '../enrolment/standing-port.ts';
import { identityWords, missingWords } from '../enrolment/words.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { databaseCommand, type Said } from './command.ts';
import { applianceUnknown, deniedAlready } from './enrolment-command.ts';
import { reasonOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';

const shapes = {
  revoke: {
    kind: 'revoked',
    description: 'shut an appliance out at once, its live connection too',
    help: 'For what is stolen, lost or copied. What nobody received of it stays there.',
  },
  retire: {
    kind: 'retired',
    description: 'end an appliance that has handed over all it wrote',
    help: 'Refused while anything it wrote was not received.',
  },
} as const;

export function applianceDeny(verb: keyof typeof shapes): Command {
  const { kind, description, help } = shapes[verb];
  return databaseCommand(
    {
      name: verb,
      description,
      arguments: [['<id>', 'the appliance']],
      options: [reasonOption('--reason <words>', 'why, for the audit log')],
      help,
      examples: [`appliance ${verb} leeds-2-1 --reason "stolen on 12 March" --config central.toml`],
    },
    (dataFolder, { reason }: { reason: string }, applianceId: string) => {
      refuseMissing(dataFolder);
      const denied = withStore(dataFolder, (store) =>
        store.denyAppliance({ applianceId, kind, reason }, byCommand()),
      );
      switch (denied.kind) {
        case 'denied':
          return said(denied.identity);
        case 'appliance_unknown':
          throw applianceUnknown(applianceId);
        case 'denied_already':
          throw deniedAlready(denied.denial);
        case 'not_received':
          throw notReceived(denied.missing);
        default:
          return unreachable(denied);
      }
    },
  );
}

export function applianceReadmit(): Command {
  return databaseCommand(
    {
      name: 'readmit',
      description: 'let an appliance in again, by a new code',
      arguments: [['<id>', 'the appliance']],
      options: [reasonOption('--reason <words>', 'why, for the audit log')],
      help: 'What it had before stays revoked: make a code with `enrolment create`.',
      examples: ['appliance readmit leeds-2-1 --reason "it was found" --config central.toml'],
    },
    (dataFolder, { reason }: { reason: string }, applianceId: string) => {
      refuseMissing(dataFolder);
      const readmitted = withStore(dataFolder, (store) =>
        store.readmitAppliance({ applianceId, reason }, byCommand()),
      );
      if (readmitted.kind === 'readmitted') return said(readmitted.identity);
      if (readmitted.kind === 'appliance_unknown') throw applianceUnknown(applianceId);
      throw new CommandError('appliance_refused', 'that appliance is let in', 'Nothing is to be done.');
    },
  );
}

export function applianceAcknowledge(): Command {
  return databaseCommand(
    {
      name: 'acknowledge',
      description: 'end the condition identity_in_two_places: it was seen to',
      arguments: [['<id>', 'the appliance']],
      options: [reasonOption('--note <words>', 'what it was')],
      examples: ['appliance acknowledge leeds-2-1 --note "a cloned disk, wiped" --config central.toml'],
    },
    (dataFolder, { note }: { note: string }, applianceId: string) => {
      refuseMissing(dataFolder);
      const code = 'identity_in_two_places';
      const ended = withStore(dataFolder, (store) =>
        store.endCondition({ applianceId, code, note }, byCommand()),
      );
      if (ended.kind === 'ended') return said(ended.identity);
      throw new CommandError('appliance_refused', 'it has no such condition', 'See `appliance show`.');
    },
  );
}

export function notReceived(missing: readonly MissingRange[]): CommandError {
  return new CommandError(
    'journal_not_received',
    'it wrote entries that are not here',
    'Let it connect until its queue is empty; if it cannot, `appliance replace --journal declared`.',
    { details: missingWords(missing).map((line) => line.trim()) },
  );
}

function said(identity: IdentityView): Said {
  return { result: identity, words: identityWords(identity) };
}
