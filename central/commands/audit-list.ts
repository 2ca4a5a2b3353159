// `audit list`: who did what, the newest first.
import { type Command, Option } from 'commander';
import { actorWords } from '../people/actor.ts';
import type { AuditRecord } from '../people/audit.ts';
import { countOption, databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { momentArgument } from './moment-argument.ts';
import { readStore } from './open-store.ts';

interface Options {
  limit: number;
  before?: number;
  action?: string;
  about?: string;
  who?: string;
  from?: number;
  until?: number;
}

export function auditList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show who did what, the newest first',
      options: [
        countOption('--limit <count>', 'how many').default(50),
        countOption('--before <number>', 'older than this record'),
        new Option('--action <name>', 'only this, such as key.create'),
        new Option('--about <thing>', 'only what was done to it, such as "key month-end"'),
        new Option('--who <name>', 'only what this person did, by whatever way'),
        new Option('--from <moment>', 'from then on').argParser(momentArgument),
        new Option('--until <moment>', 'before then').argParser(momentArgument),
      ],
      examples: [
        'audit list --config central.toml',
        'audit list --about "key month-end" --json --config central.toml',
        'audit list --who ann --from 2026-11-01 --until 2026-12-01 --config central.toml',
      ],
    },
    (dataFolder, { limit, before, action, about, who, from, until }: Options) => {
      const of = { action: action ?? null, about: about ?? null, who: who ?? null };
      const within = { fromMs: from ?? null, untilMs: until ?? null, cursor: before ?? null, limit };
      const page = readStore(dataFolder, (store) => store.auditRecords({ ...of, ...within }));
      const lines = page.items.map(recordWords);
      if (page.nextCursor !== null) lines.push(`there are more; go on with --before ${page.nextCursor}`);
      return { result: page, words: lines.length === 0 ? 'nothing is written there' : lines.join('\n') };
    },
  );
}

function recordWords({ number, atMs, actor, action, about, detail }: AuditRecord): string {
  return `${number}  ${momentWords(atMs)}  ${actorWords(actor)}  ${action}  ${about}  ${JSON.stringify(detail)}`;
}
