// `fleet list`, `show`: how every box is, as far as that is known.
import { type Command, Option } from 'commander';
import type { FleetFacts } from '../fleet/port.ts';
import { fleetAtRest } from '../fleet/sqlite/fleet-file.ts';
import { viewOf } from '../fleet/view.ts';
import { memberLines, memberWords } from '../fleet/words.ts';
import { countOption, databaseCommand } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { readStore } from './open-store.ts';

export function fleetList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show how every appliance is, by their ids',
      options: [
        countOption('--limit <count>', 'how many').default(200),
        new Option('--after <id>', 'go on after this one'),
      ],
      help: 'A command beside the service does not know who is connected: a box is silent\nwhen it was not heard for 100 seconds.',
      examples: ['fleet list --config central.toml', 'fleet list --json --config central.toml'],
    },
    (dataFolder, { limit, after }: { limit: number; after?: string }) => {
      const page = readStore(dataFolder, (store) => store.fleet({ after: after ?? null, limit }));
      const items = viewed(dataFolder, page.items);
      const lines = items.map(memberWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --after ${page.nextCursor}`);
      const empty = 'no appliance is known\nNext: holdfast-central enrolment create';
      return {
        result: { items, nextCursor: page.nextCursor },
        words: lines.length === 0 ? empty : lines.join('\n'),
      };
    },
  );
}

export function fleetShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show how an appliance is: its state, and what it last said of itself',
      arguments: [['<id>', 'the appliance']],
      examples: ['fleet show leeds-1 --config central.toml'],
    },
    (dataFolder, _: object, id: string) => {
      const facts = readStore(dataFolder, (store) => store.fleetMember(id));
      if (facts === null) throw applianceUnknown(id);
      const [member] = viewed(dataFolder, [facts]);
      if (member === undefined) throw applianceUnknown(id);
      return { result: member, words: memberLines(member).join('\n') };
    },
  );
}

function viewed(dataFolder: string, facts: readonly FleetFacts[]) {
  const reports = fleetAtRest(dataFolder);
  try {
    const nowMs = Date.now();
    return facts.map((one) => viewOf({ facts: one, heard: reports.of(one.id), connected: null }, nowMs));
  } finally {
    reports.close();
  }
}
