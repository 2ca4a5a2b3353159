// `enrolment list`, `show`, `cancel`: which boxes are on their way, and how far each got.
import { type Command, Option } from 'commander';
import { enrolmentSteps, enrolmentWords } from '../enrolment/words.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { countArgument, countOption, databaseCommand } from './command.ts';
import { reasonOption } from './note.ts';
import { readStore, refuseMissing, withStore } from './open-store.ts';

export function enrolmentList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the codes and how far each box got, the newest first',
      options: [
        new Option('--all', 'also those that work, ended or were cancelled'),
        countOption('--limit <count>', 'how many').default(50),
        countOption('--before <number>', 'go on before this one'),
      ],
      examples: ['enrolment list --config central.toml'],
    },
    (dataFolder, { all = false, limit, before }: { all?: boolean; limit: number; before?: number }) => {
      const asked = { open: !all, cursor: before ?? null, limit, nowMs: Date.now() };
      const page = readStore(dataFolder, (store) => store.enrolments(asked));
      const lines = page.items.map(enrolmentWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'no box is on its way' : lines.join('\n') };
    },
  );
}

export function enrolmentShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show how far a box got, step by step',
      arguments: [['<number>', 'the enrolment']],
      examples: ['enrolment show 7 --config central.toml'],
    },
    (dataFolder, _: object, given: string) => {
      const number = countArgument('<number>', given);
      const found = readStore(dataFolder, (store) => store.enrolment({ number, nowMs: Date.now() }));
      if (found === null) throw enrolmentUnknown(number);
      return { result: found, words: [enrolmentWords(found), ...enrolmentSteps(found)].join('\n') };
    },
  );
}

export function enrolmentCancel(): Command {
  return databaseCommand(
    {
      name: 'cancel',
      description: 'make a code that waits unusable',
      arguments: [['<number>', 'the enrolment']],
      options: [reasonOption('--reason <words>', 'why, for the audit log')],
      examples: ['enrolment cancel 7 --reason "the slip was lost" --config central.toml'],
    },
    (dataFolder, { reason }: { reason: string }, given: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      const cancelled = withStore(dataFolder, (store) =>
        store.cancelEnrolment({ number, reason }, byCommand()),
      );
      switch (cancelled.kind) {
        case 'cancelled':
          return { result: cancelled.enrolment, words: enrolmentWords(cancelled.enrolment) };
        case 'enrolment_unknown':
          throw enrolmentUnknown(number);
        case 'used':
          throw new CommandError(
            'enrolment_used',
            'its certificate is out: the code is used',
            'Shut the appliance out with `appliance revoke`, if that is meant.',
          );
      }
    },
  );
}

function enrolmentUnknown(number: number): CommandError {
  return new CommandError(
    'enrolment_unknown',
    `there is no enrolment ${number}`,
    'See `enrolment list --all`.',
  );
}
