// `webhook list|dead`: what processors told, the newest first, and what of it was given up.
import { type Command, Option } from 'commander';
import type { WebhookView } from '../webhooks/port.ts';
import { countOption, databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';

interface Options {
  processor?: string;
  state?: WebhookView['state'];
  type?: string;
  limit: number;
  before?: number;
}

export function processorOption(): Option {
  return new Option('--processor <name>', 'of this processor only');
}

export function webhookList(): Command {
  const state = new Option('--state <state>', 'in this state only').choices(['waiting', 'done', 'dead']);
  return list(
    'list',
    'show events of processors, the newest first',
    [state],
    [
      'webhook list --config central.toml',
      'webhook list --processor stripe --state waiting --json --config central.toml',
    ],
  );
}

export function webhookDead(): Command {
  return list(
    'dead',
    'show the events that were given up, with the reason',
    [],
    ['webhook dead --config central.toml'],
    'dead',
  );
}

function list(
  name: string,
  description: string,
  options: readonly Option[],
  examples: readonly string[],
  always?: WebhookView['state'],
): Command {
  return databaseCommand(
    {
      name,
      description,
      options: [
        processorOption(),
        ...options,
        new Option('--type <type>', "of this type only, by the processor's name"),
        countOption('--limit <count>', 'how many at a time').default(50),
        countOption('--before <number>', 'go on with those before this number'),
      ],
      examples,
    },
    (dataFolder, { processor = '', state = always, type = '', limit, before = 0 }: Options) => {
      const page = readStore(dataFolder, (store) =>
        store.webhookEvents({
          processor: processor || null,
          state: state ?? null,
          type: type || null,
          cursor: before || null,
          limit,
        }),
      );
      const lines = page.items.map(eventLine);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'there is none' : lines.join('\n') };
    },
  );
}

export function eventLine(event: WebhookView): string {
  const { ref, processor, eventId, type, receivedMs, state, tries, error, copies } = event;
  const more = [
    ...(copies > 0 ? [`${copies} more of it`] : []),
    ...(error === null ? [] : [`${tries} tries, ${error}`]),
  ];
  const words = `${ref}  ${new Date(receivedMs).toISOString()}  ${processor}  ${eventId}  ${type}  ${state}`;
  return more.length === 0 ? words : `${words} (${more.join('; ')})`;
}
