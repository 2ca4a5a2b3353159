// `maintenance create`, `list`, `end`: when nobody is to be called for a box, a site, or at all.
import { type Command, Option } from 'commander';
import { windowDaysMax } from '../alerts/routes.ts';
import type { Maintenance, MaintenanceScope } from '../alerts/words.ts';
import { CommandError } from '../errors.ts';
import { actorWords, byCommand } from '../people/actor.ts';
import { countArgument, databaseCommand } from './command.ts';
import { untilArgument } from './for-argument.ts';
import { momentWords } from './moment.ts';
import { momentArgument } from './moment-argument.ts';
import { readStore, refuseMissing, withStore } from './open-store.ts';
import { reasonOption } from './reason-option.ts';

interface CreateOptions {
  appliance?: string;
  site?: string;
  all?: true;
  from?: number;
  for: string;
  reason: string;
}

export function maintenanceCreate(): Command {
  return databaseCommand(
    {
      name: 'create',
      description: 'say when nobody is to be called',
      options: [
        new Option('--appliance <id>', 'for one appliance').conflicts(['site', 'all']),
        new Option('--site <name>', 'for a site with its boxes').conflicts(['appliance', 'all']),
        new Option('--all', 'for everything').conflicts(['appliance', 'site']),
        new Option('--from <moment>', 'its beginning; now unless said').argParser(momentArgument),
        new Option(
          '--for <time>',
          `its length: 30m, 8h, 2d; ${windowDaysMax} days at most`,
        ).makeOptionMandatory(),
        reasonOption(),
      ],
      help: 'Alerts that are open stay so, and are not escalated while the window holds.\nWhat is still wrong at its end opens then.',
      examples: [
        'maintenance create --site leeds --for 2h --reason "new power supply" --config central.toml',
        'maintenance create --all --from 2026-12-01T22:00Z --for 3h --reason "central moves" --config central.toml',
      ],
    },
    (dataFolder, { from, for: time, reason, ...scope }: CreateOptions) => {
      refuseMissing(dataFolder);
      const by = byCommand();
      const fromMs = from ?? by.nowMs;
      const untilMs = untilArgument(time, fromMs, windowDaysMax);
      if (untilMs <= by.nowMs) {
        throw new CommandError(
          'argument_malformed',
          'that window is over',
          'Begin it later, or make it longer.',
        );
      }
      const window = { scope: scopeOf(scope), fromMs, untilMs, reason };
      const created = withStore(dataFolder, (store) => store.createMaintenance(window, by));
      if (created.kind === 'full') {
        throw new CommandError(
          'windows_full',
          'there are as many windows as there may be',
          'End one: `maintenance end`.',
        );
      }
      return { result: created.window, words: windowWords(created.window) };
    },
  );
}

export function maintenanceList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the windows that hold or will',
      options: [new Option('--past', 'those that are over as well')],
      examples: ['maintenance list --config central.toml'],
    },
    (dataFolder, { past }: { past?: true }) => {
      const holdingMs = past ? null : Date.now();
      const items = readStore(dataFolder, (store) => store.maintenance({ holdingMs, limit: 200 }));
      return {
        result: { items },
        words: items.length === 0 ? 'there is no window' : items.map(windowWords).join('\n'),
      };
    },
  );
}

export function maintenanceEnd(): Command {
  return databaseCommand(
    {
      name: 'end',
      description: 'end a window before its time',
      arguments: [['<number>', 'its number']],
      options: [reasonOption()],
      examples: ['maintenance end 3 --reason "done early" --config central.toml'],
    },
    (dataFolder, { reason }: { reason: string }, given: string) => {
      refuseMissing(dataFolder);
      const number = countArgument('<number>', given);
      const ended = withStore(dataFolder, (store) => store.endMaintenance(number, reason, byCommand()));
      if (ended.kind === 'ended') return { result: ended.window, words: windowWords(ended.window) };
      const known = ended.kind === 'window_over';
      const message = known ? `window ${number} is over` : `there is no window ${number}`;
      throw new CommandError(known ? 'window_over' : 'window_unknown', message, 'See `maintenance list`.');
    },
  );
}

/** @throws CommandError argument_malformed */
function scopeOf({
  appliance,
  site,
  all,
}: Pick<CreateOptions, 'appliance' | 'site' | 'all'>): MaintenanceScope {
  if (all) return { kind: 'all' };
  if (site !== undefined) return { kind: 'site', site };
  if (appliance !== undefined) return { kind: 'appliance', applianceId: appliance };
  throw new CommandError(
    'argument_malformed',
    'nothing says what the window is for',
    'Give --appliance, --site or --all.',
  );
}

function windowWords({ number, scope, fromMs, untilMs, endedMs, reason, by }: Maintenance): string {
  const what =
    scope.kind === 'all'
      ? 'everything'
      : scope.kind === 'site'
        ? `site ${scope.site}`
        : `appliance ${scope.applianceId}`;
  const ended = endedMs === null ? '' : `, ended ${momentWords(endedMs)}`;
  return `${number}  ${what}  ${momentWords(fromMs)} to ${momentWords(untilMs)}${ended}  ${actorWords(by)}: ${reason}`;
}
