// `latency show`: how long documents took on each hop of their way.
import { type Command, Option } from 'commander';
import { latencyDaysMax } from '../latency/routes.ts';
import { firstDay, latencyView } from '../latency/view.ts';
import { latencyLines } from '../latency/words.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

export function latencyShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show how long checkouts took on each hop of their way',
      options: [
        new Option('--appliance <id>', 'of this appliance'),
        new Option('--site <name>', 'of this site'),
        countOption('--days <count>', 'UTC days, of which today is the last').default(1),
      ],
      help: 'Waiting offline: made without a link, until there was one. Sending: from then\non, until central had it. Booking: until it stood in the books.',
      examples: ['latency show --site leeds --days 7 --config central.toml'],
    },
    (dataFolder, given: { appliance?: string; site?: string; days: number }) => {
      const fromDay = firstDay(Date.now(), Math.min(given.days, latencyDaysMax));
      const of = { applianceId: given.appliance ?? null, site: given.site ?? null, fromDay };
      const view = latencyView(
        readStore(dataFolder, (store) => store.latency(of)),
        fromDay,
      );
      return { result: view, words: latencyLines(view).join('\n') };
    },
  );
}
