// The routes of persons: who may sign in, as whom, and who no longer. A link is answered once, when it is made.
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { ProblemError } from '../http/problems.ts';
import { type Route, route } from '../http/route.ts';
import { linkSample, Person, PersonWithLink, personSample } from './person-answers.ts';
import type { PersonChanged, PersonInvited, PersonPort } from './person-port.ts';
import { hashToken, linkMsMax, linkOf, newToken, PersonName, type PersonView } from './persons.ts';
import { roles } from './roles.ts';

const Invitation = z.strictObject({ name: PersonName, role: z.enum(roles) });
const Name = z.object({ name: z.string() });
const invited = {
  ...personSample,
  state: 'invited' as const,
  secondFactor: false,
  lastSignInMs: null,
  sessions: 0,
};
const refusals = ['not_found', 'person_refused', 'last_admin_person'] as const;

/** @param pageUrl where the page is opened */
export function personRoutes(store: PersonPort, pageUrl: string): Route[] {
  return [
    route({
      id: 'listPersons',
      method: 'GET',
      path: '/v1/persons',
      summary:
        'List the persons who may sign in, in the order of their names, those who no longer may included',
      action: 'person.manage',
      answer: z.object({ items: z.array(Person) }),
      example: { items: [personSample] },
      handle: async ({ by }) => ({ items: await store.persons(by.nowMs) }),
    }),
    route({
      id: 'invitePerson',
      method: 'POST',
      path: '/v1/persons',
      summary: 'Invite a person, who may do no more than whoever invites, by a link that opens once',
      action: 'person.manage',
      body: Invitation,
      bodyExample: { name: 'ann', role: 'finance' },
      status: 201,
      answer: PersonWithLink,
      example: { person: { ...invited, linkUntilMs: invited.createdMs + linkMsMax }, link: linkSample },
      problems: ['person_known', 'person_refused', 'persons_full'],
      async handle({ body, by }) {
        const token = newToken();
        const untilMs = by.nowMs + linkMsMax;
        const person = newcomer(
          await store.invitePerson({ ...body, linkHash: hashToken(token), untilMs }, by),
        );
        return { person, link: linkOf(pageUrl, token) };
      },
    }),
    route({
      id: 'renewPersonLink',
      method: 'POST',
      path: '/v1/persons/:name/link',
      summary:
        'Make a new link for a person who lost their password or their app: both, and every session, end at once',
      action: 'person.manage',
      params: Name,
      status: 201,
      answer: PersonWithLink,
      example: { person: { ...invited, linkUntilMs: invited.createdMs + linkMsMax }, link: linkSample },
      problems: refusals,
      async handle({ params: { name }, by }) {
        const token = newToken();
        const change = { name, linkHash: hashToken(token), untilMs: by.nowMs + linkMsMax };
        return { person: changed(await store.renewLink(change, by)), link: linkOf(pageUrl, token) };
      },
    }),
    route({
      id: 'changePersonRole',
      method: 'PUT',
      path: '/v1/persons/:name/role',
      summary: 'Change what a person may do; it counts from their next request on',
      action: 'person.manage',
      params: Name,
      body: z.strictObject({ role: z.enum(roles) }),
      bodyExample: { role: 'support' },
      answer: Person,
      example: { ...personSample, role: 'support' },
      problems: refusals,
      handle: async ({ params: { name }, body: { role }, by }) =>
        changed(await store.changeRole({ name, role }, by)),
    }),
    route({
      id: 'endPersonSessions',
      method: 'POST',
      path: '/v1/persons/:name/sessions/end',
      summary: 'End every session of a person',
      action: 'person.manage',
      params: Name,
      answer: Person,
      example: { ...personSample, sessions: 0 },
      problems: refusals,
      handle: async ({ params: { name }, by }) => changed(await store.endSessionsOf({ name }, by)),
    }),
    route({
      id: 'endPerson',
      method: 'POST',
      path: '/v1/persons/:name/end',
      summary: 'End a person for good: they sign in no more, and their name stays taken',
      action: 'person.manage',
      params: Name,
      body: z.strictObject({ reason: Text(500) }),
      bodyExample: { reason: 'left on 1 December' },
      answer: Person,
      example: { ...personSample, state: 'ended', endedMs: personSample.createdMs, sessions: 0 },
      problems: refusals,
      handle: async ({ params: { name }, body: { reason }, by }) =>
        changed(await store.endPerson({ name, reason }, by)),
    }),
  ];
}

function newcomer(made: PersonInvited): PersonView {
  switch (made.kind) {
    case 'invited':
      return made.person;
    case 'name_taken':
      throw new ProblemError(
        'person_known',
        'Choose another name; one who has ended keeps theirs. A new link lets one in again who lost theirs.',
      );
    case 'persons_full':
      throw new ProblemError('persons_full', 'Give a person who is there a new link instead.');
    case 'beyond_maker':
      throw beyondMaker();
    default:
      return unreachable(made);
  }
}

function changed(answer: PersonChanged): PersonView {
  switch (answer.kind) {
    case 'changed':
      return answer.person;
    case 'person_unknown':
      throw new ProblemError('not_found', 'No person has that name.');
    case 'person_ended':
      throw new ProblemError('person_refused', 'That person has ended. Invite them under another name.');
    case 'last_admin':
      throw new ProblemError(
        'last_admin_person',
        'Nobody could manage persons any more. Make another person an admin first.',
      );
    case 'beyond_maker':
      throw beyondMaker();
    default:
      return unreachable(answer);
  }
}

function beyondMaker(): ProblemError {
  return new ProblemError('person_refused', 'You may not do all that this role may. Ask an admin.');
}
