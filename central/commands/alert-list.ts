// `alert list`, `show`: what somebody should know, and what was done with it.
import { type Command, Option } from 'commander';
import type { AlertWithEvents } from '../alerts/port.ts';
import type { Alert } from '../alerts/words.ts';
import { CommandError } from '../errors.ts';
import { actorWords } from '../people/actor.ts';
import { countArgument, countOption, databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

interface Options {
  state: Alert['state'] | 'standing' | 'all';
  appliance?: string;
  site?: string;
  limit: number;
  before?: number;
}

export function alertList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show what somebody should know, the newest first',
      options: [
        new Option('--state <state>', 'which; standing ones are not cleared yet')
          .choices(['standing', 'open', 'acknowledged', 'cleared', 'all'])
          .default('standing'),
        new Option('--appliance <id>', 'only about this appliance'),
        new Option('--site <name>', 'only about this site and its boxes'),
        countOption('--limit <count>', 'how many').default(50),
        countOption('--before <number>', 'go on with those before this number'),
      ],
      examples: [
        'alert list --config central.toml',
        'alert list --state all --site leeds --config central.toml',
      ],
    },
    (dataFolder, { state, appliance, site, limit, before }: Options) => {
      const page = readStore(dataFolder, (store) =>
        store.alerts({
          ...{ state: state === 'all' ? null : state, applianceId: appliance ?? null, site: site ?? null },
          ...{ cursor: before ?? null, limit },
        }),
      );
      const lines = page.items.map(alertWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'there is no such alert' : lines.join('\n') };
    },
  );
}

export function alertShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show an alert with what was done with it',
      arguments: [['<number>', 'its number']],
      examples: ['alert show 12 --config central.toml'],
    },
    (dataFolder, _: object, given: string) => {
      const number = countArgument('<number>', given);
      const alert = readStore(dataFolder, (store) => store.alert(number));
      if (alert === null) throw alertUnknown(number);
      return { result: alert, words: alertLines(alert).join('\n') };
    },
  );
}

export function alertUnknown(number: number): CommandError {
  return new CommandError('alert_unknown', `there is no alert ${number}`, 'See `alert list`.');
}

function alertWords({ number, severity, state, rule, subject, words, openedMs, escalatedMs }: Alert): string {
  const escalated = escalatedMs === null || state !== 'open' ? '' : ', escalated';
  return `${number}  ${severity}, ${state}${escalated}  ${subject}  ${rule}: ${words}  since ${momentWords(openedMs)}`;
}

export function alertLines(alert: AlertWithEvents): string[] {
  const { members, membersCount, snoozedUntilMs } = alert;
  return [
    alertWords(alert),
    ...(membersCount > 1
      ? [`  ${members.slice(0, 50).join(', ')}${membersCount > 50 ? ` and ${membersCount - 50} more` : ''}`]
      : []),
    ...(snoozedUntilMs === null ? [] : [`  put off until ${momentWords(snoozedUntilMs)}`]),
    ...alert.events.map(
      ({ kind, actor, note, atMs }) => `  ${momentWords(atMs)}  ${kind} by ${actorWords(actor)}: ${note}`,
    ),
  ];
}
