// `alert acknowledge`, `snooze`: a person takes an alert up, or puts it off.
import { type Command, Option } from 'commander';
import type { AlertSpoken } from '../alerts/port.ts';
import { notOpenWords, windowDaysMax } from '../alerts/routes.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import { alertLines, alertUnknown } from './alert-list.ts';
import { countArgument, databaseCommand } from './command.ts';
import { untilArgument } from './for-argument.ts';
import { noteOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';

export function alertAcknowledge(): Command {
  return databaseCommand(
    {
      name: 'acknowledge',
      description: 'take an alert up: it is not escalated any more',
      arguments: [['<number>', 'its number']],
      options: [noteOption('what you do about it')],
      examples: ['alert acknowledge 12 --note "calling the site" --config central.toml'],
    },
    (dataFolder, { note }: { note: string }, given: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      return said(
        withStore(dataFolder, (store) => store.acknowledgeAlert({ number, note }, byCommand())),
        number,
      );
    },
  );
}

export function alertSnooze(): Command {
  return databaseCommand(
    {
      name: 'snooze',
      description: 'put an alert off: until then nobody is told more of it',
      arguments: [['<number>', 'its number']],
      options: [
        new Option('--for <time>', `30m, 8h, 2d; ${windowDaysMax} days at most`).makeOptionMandatory(),
        noteOption('why it may wait'),
      ],
      examples: ['alert snooze 12 --for 8h --note "the engineer comes at nine" --config central.toml'],
    },
    (dataFolder, { for: time, note }: { for: string; note: string }, given: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      const by = byCommand();
      const untilMs = untilArgument(time, by.nowMs, windowDaysMax);
      return said(
        withStore(dataFolder, (store) => store.snoozeAlert({ number, untilMs, note }, by)),
        number,
      );
    },
  );
}

/** @throws CommandError alert_unknown, alert_not_open */
function said(spoken: AlertSpoken, number: number) {
  if (spoken.kind === 'alert_unknown') throw alertUnknown(number);
  if (spoken.kind === 'alert_not_open') {
    throw new CommandError('alert_not_open', `alert ${number} is ${spoken.state}`, notOpenWords(spoken));
  }
  return { result: spoken.alert, words: alertLines(spoken.alert).join('\n') };
}
