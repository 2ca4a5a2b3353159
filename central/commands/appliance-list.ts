// `appliance list`, `show`: the boxes, their certificates, and what is wrong with them.
import type { Command } from 'commander';
import { identityWords } from '../enrolment/words.ts';
import { countOption, databaseCommand } from './command.ts';
import { applianceUnknown } from './enrolment-command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

export function applianceList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the appliances in the order they became known',
      options: [
        countOption('--limit <count>', 'how many').default(200),
        countOption('--after <cursor>', 'go on after this one'),
      ],
      examples: ['appliance list --config central.toml'],
    },
    (dataFolder, { limit, after }: { limit: number; after?: number }) => {
      const page = readStore(dataFolder, (store) => {
        const { items, nextCursor } = store.appliances({ cursor: after ?? null, limit });
        const identities = items.map(({ id, lastHeardMs, release }) => ({
          ...{ lastHeardMs, release },
          identity: store.identity(id),
        }));
        return { items: identities, nextCursor };
      });
      const lines = page.items.flatMap(({ identity, lastHeardMs }) =>
        identity ? [lineOf(identity, lastHeardMs)] : [],
      );
      if (page.nextCursor !== null) lines.push(`there are more; go on with --after ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'no appliance is known' : lines.join('\n') };
    },
  );
}

export function applianceShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description: 'show an appliance: its certificates, and what is wrong with it',
      arguments: [['<id>', 'the appliance']],
      examples: ['appliance show leeds-2-1 --config central.toml'],
    },
    (dataFolder, _: object, id: string) => {
      const identity = readStore(dataFolder, (store) => store.identity(id));
      if (identity === null) throw applianceUnknown(id);
      return { result: identity, words: identityWords(identity) };
    },
  );
}

function lineOf(identity: Parameters<typeof identityWords>[0], lastHeardMs: number | null): string {
  const { applianceId, site, denial, conditions, certificates } = identity;
  const current = certificates.find(({ revokedMs }) => revokedMs === null);
  return [
    applianceId,
    site === null ? 'without a site' : `at ${site}`,
    lastHeardMs === null ? 'never heard' : `heard ${momentWords(lastHeardMs)}`,
    ...(current ? [`certificate until ${momentWords(current.notAfterMs)}`] : []),
    ...(denial !== null && denial.readmittedMs === null ? [denial.kind] : []),
    ...conditions.map(({ code }) => code),
  ].join('  ');
}
