// `webhook show|sources`: one event with its body as it came, and each processor at a glance.
import type { Command } from 'commander';
import { CommandError } from '../errors.ts';
import { databaseCommand } from './command.ts';
import { readStore } from './open-store.ts';
import { eventLine, processorOption } from './webhook-list.ts';

export function webhookShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show one event with its body as it came',
      arguments: [['<event>', "the processor's id of it"]],
      options: [processorOption()],
      examples: ['webhook show evt_1Q2w --config central.toml'],
    },
    (dataFolder, { processor = null }: { processor?: string | null }, eventId: string) => {
      const event = readStore(dataFolder, (store) => store.webhookEvent({ processor, eventId }));
      if (event === null) throw eventUnknown(eventId);
      if (event === 'ambiguous') throw eventAmbiguous(eventId);
      const { body, ...view } = event;
      const text = Buffer.from(body).toString();
      const { standing } = event;
      const words = [
        eventLine(event),
        `happened ${new Date(event.happenedMs).toISOString()} by the processor's clock`,
        ...(standing === null ? [] : [`stood to what was known as ${standing}`]),
        text,
      ];
      return { result: { ...view, body: text }, words: words.join('\n') };
    },
  );
}

export function webhookSources(): Command {
  return databaseCommand(
    {
      name: 'sources',
      description: 'show each processor: what came, what waits, what was refused',
      examples: ['webhook sources --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.webhookSources()).map(
        ({ refused, ...source }) => ({
          ...source,
          refused: refused.map(({ bodyHash, ...one }) => ({
            ...one,
            bodySha256: Buffer.from(bodyHash).toString('hex'),
          })),
        }),
      );
      const lines = items.flatMap(({ processor, counts, waiting, dead, refused }) => [
        `${processor}: ${counts.map(({ what, count }) => `${count} ${what}`).join(', ')}; ${waiting} waiting, ${dead} dead`,
        ...refused.map(
          ({ code, address, atMs, bodyBytes }) =>
            `  refused ${new Date(atMs).toISOString()}  ${code}  from ${address}, ${bodyBytes} bytes`,
        ),
      ]);
      return { result: { items }, words: lines.length === 0 ? 'no webhook has come yet' : lines.join('\n') };
    },
  );
}

export function eventUnknown(eventId: string): CommandError {
  const hint = 'See webhook list for those that came.';
  return new CommandError('event_unknown', `no event has the id ${eventId}`, hint);
}

export function eventAmbiguous(eventId: string): CommandError {
  const hint = 'Name the processor with --processor NAME.';
  return new CommandError('event_ambiguous', `several processors used the id ${eventId}`, hint);
}
