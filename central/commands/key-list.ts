// `key list`: the API keys, what each may do, and when it was last used.
import type { Command } from 'commander';
import type { KeyView } from '../people/keys.ts';
import { databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

export function keyList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the API keys, revoked ones included',
      examples: ['key list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.keys());
      const nowMs = Date.now();
      const words =
        items.length === 0
          ? 'there is no key: the first start makes one'
          : items.map((key) => keyWords(key, nowMs)).join('\n');
      return { result: { items }, words };
    },
  );
}

export function keyWords(key: KeyView, nowMs: number): string {
  const { name, owner, role, scopes, addresses, lastUsedDay } = key;
  const old = key.secrets.filter(({ untilMs }) => untilMs !== null && untilMs > nowMs);
  return [
    name,
    ...(owner === null ? [] : [`of ${owner}`]),
    role,
    stateWords(key, nowMs),
    lastUsedDay === null ? 'never used' : `last used ${lastUsedDay}`,
    ...(scopes === null ? [] : [`only ${scopes.join(', ')}`]),
    ...(addresses === null ? [] : [`from ${addresses.join(', ')}`]),
    ...old.map(({ untilMs }) => `an old secret until ${momentWords(untilMs ?? 0)}`),
  ].join('  ');
}

function stateWords({ expiresMs, revokedMs }: KeyView, nowMs: number): string {
  if (revokedMs !== null) return `revoked ${momentWords(revokedMs)}`;
  if (expiresMs === null) return 'without an end';
  return `${expiresMs <= nowMs ? 'over since' : 'until'} ${momentWords(expiresMs)}`;
}
