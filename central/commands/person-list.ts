// `person list`: who may sign in at the operators' page, and since when they have not.
import type { Command } from 'commander';
import type { PersonView } from '../people/persons.ts';
import { counted, databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';

export function personList(): Command {
  return databaseCommand(
    {
      name: 'list',
      description: 'show the persons who may sign in, those who no longer may included',
      examples: ['person list --config central.toml'],
    },
    (dataFolder) => {
      const items = readStore(dataFolder, (store) => store.persons(Date.now()));
      const words = items.length === 0 ? 'nobody yet: `person invite`' : items.map(personWords).join('\n');
      return { result: { items }, words };
    },
  );
}

function personWords(person: PersonView): string {
  const { name, role, state, endedMs, linkUntilMs, secondFactor, lastSignInMs, sessions } = person;
  return [
    name,
    role,
    endedMs === null ? state : `ended ${momentWords(endedMs)}`,
    ...(linkUntilMs === null ? [] : [`a link until ${momentWords(linkUntilMs)}`]),
    ...(state === 'active' ? [secondFactor ? 'with an app' : 'without an app'] : []),
    lastSignInMs === null ? 'never signed in' : `last signed in ${momentWords(lastSignInMs)}`,
    counted(sessions, 'session'),
  ].join('  ');
}
