// `person invite`, `person link`, `person role` and `person end`: who signs in at the operators' page.
import { type Command, Option } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import type { PersonChanged, PersonInvited } from '../people/person-port.ts';
import {
  hashToken,
  linkMsMax,
  linkOf,
  newToken,
  PersonName,
  type PersonView,
  personsMax,
} from '../people/persons.ts';
import { type Role, roles } from '../people/roles.ts';
import { databaseCommand, type Said } from './command.ts';
import { momentWords } from './moment.ts';
import { reasonOption } from './note.ts';
import { refuseMissing, withStore } from './open-store.ts';

interface WithConfig {
  config: string;
}

const roleOption = () =>
  new Option('--role <role>', 'what the person may do').choices(roles).makeOptionMandatory();

export function personInvite(): Command {
  return databaseCommand(
    {
      name: 'invite',
      description: 'invite a person and print the link that opens once',
      arguments: [['<name>', "the person, as the machine's users are named"]],
      options: [roleOption()],
      help: 'docs/operations/people.md says what follows.',
      examples: ['person invite ann --role finance --config central.toml'],
    },
    (dataFolder, { role, config }: { role: Role } & WithConfig, name: string) => {
      if (!PersonName.safeParse(name).success) {
        throw new CommandError(
          'argument_malformed',
          `'${name}' cannot be the name of a person`,
          "Name the person as the machine's users are named: a-z, 0-9, _, . and -.",
        );
      }
      const { token, linkHash, untilMs } = newLink();
      const by = byCommand();
      const made = withStore(dataFolder, (store) =>
        store.invitePerson({ name, role, linkHash, untilMs }, by),
      );
      return saidWithLink(invited(made), linkOf(pageUrl(config), token));
    },
  );
}

export function personLink(): Command {
  return databaseCommand(
    {
      name: 'link',
      description: 'make a new link for who lost their password or their app',
      arguments: [['<name>', 'the person']],
      help: 'The password, the app and every session of the person end at once.',
      examples: ['person link ann --config central.toml'],
    },
    (dataFolder, { config }: WithConfig, name: string) => {
      refuseMissing(dataFolder);
      const { token, linkHash, untilMs } = newLink();
      const by = byCommand();
      const made = withStore(dataFolder, (store) => store.renewLink({ name, linkHash, untilMs }, by));
      return saidWithLink(changed(made, name), linkOf(pageUrl(config), token));
    },
  );
}

export function personRole(): Command {
  return databaseCommand(
    {
      name: 'role',
      description: 'change what a person may do, from their next request on',
      arguments: [['<name>', 'the person']],
      options: [roleOption()],
      examples: ['person role ann --role support --config central.toml'],
    },
    (dataFolder, { role }: { role: Role }, name: string) => {
      refuseMissing(dataFolder);
      const made = withStore(dataFolder, (store) => store.changeRole({ name, role }, byCommand()));
      return { result: { person: changed(made, name) }, words: `${name} is ${role}` };
    },
  );
}

export function personEnd(): Command {
  return databaseCommand(
    {
      name: 'end',
      description: 'end a person for good, with every session',
      arguments: [['<name>', 'the person']],
      options: [reasonOption('--reason <words>', 'why, for the audit log')],
      examples: ['person end ann --reason "left on 1 December" --config central.toml'],
    },
    (dataFolder, { reason }: { reason: string }, name: string) => {
      refuseMissing(dataFolder);
      const made = withStore(dataFolder, (store) => store.endPerson({ name, reason }, byCommand()));
      return { result: { person: changed(made, name) }, words: `${name} signs in no more` };
    },
  );
}

function newLink() {
  const token = newToken();
  return { token, linkHash: hashToken(token), untilMs: Date.now() + linkMsMax };
}

/** Where the page is opened: as the configuration says, or where central listens. */
function pageUrl(configPath: string): string {
  const { people, http } = readConfig(configPath);
  return people.pageUrl ?? `http://${http.host}:${http.port}`;
}

function saidWithLink(person: PersonView, link: string): Said {
  const until = person.linkUntilMs === null ? '' : `, until ${momentWords(person.linkUntilMs)}`;
  const words = `${person.name} (${person.role}) opens this once${until}:\n${link}\nIt is said this once: only its hash is kept.`;
  return { result: { person, link }, words };
}

/** @throws CommandError person_known, persons_full */
function invited(made: PersonInvited): PersonView {
  switch (made.kind) {
    case 'invited':
      return made.person;
    case 'name_taken':
      throw new CommandError(
        'person_known',
        'there is a person of that name',
        '`person link` lets one in again who lost theirs; one who has ended keeps the name.',
      );
    case 'persons_full':
      throw new CommandError(
        'persons_full',
        `there are ${personsMax} persons`,
        'Make `person link` for one who is there.',
      );
    case 'beyond_maker':
      throw new Error('a command may make every role');
    default:
      return unreachable(made);
  }
}

/** @throws CommandError person_unknown, person_ended */
function changed(made: PersonChanged, name: string): PersonView {
  switch (made.kind) {
    case 'changed':
      return made.person;
    case 'person_unknown':
      throw new CommandError('person_unknown', `no person is named ${name}`, '`person list` names them.');
    case 'person_ended':
      throw new CommandError(
        'person_ended',
        `${name} has ended`,
        '`person invite` makes one under another name.',
      );
    case 'last_admin':
    case 'beyond_maker':
      throw new Error('a command may do this to anybody');
    default:
      return unreachable(made);
  }
}
