// What the routes of persons and sessions answer, as schemas, with their examples.
import * as z from 'zod';
import { Moment } from '../http/fields.ts';
import { personStates } from './persons.ts';
import { actions, roles } from './roles.ts';

export const Person = z
  .object({
    name: z.string(),
    role: z.enum(roles),
    state: z.enum(personStates).meta({ description: '`invited`: the link was not used yet.' }),
    createdMs: Moment,
    createdBy: z.string(),
    endedMs: Moment.nullable(),
    secondFactor: z.boolean().meta({ description: 'An authenticator app is set up.' }),
    linkUntilMs: Moment.nullable().meta({ description: 'Null: no link is open.' }),
    lastSignInMs: Moment.nullable(),
    sessions: z.int().meta({ description: 'That are open.' }),
  })
  .meta({ id: 'Person' });

export const PersonWithLink = z
  .object({
    person: Person,
    link: z.string().meta({ description: 'Opens once; said this once. Give it to that person alone.' }),
  })
  .meta({ id: 'PersonWithLink' });

/** Who is signed in, and what the page may offer them. */
export const OwnSession = z
  .object({
    person: Person,
    actions: z.array(z.enum(actions)).meta({ description: 'All that the role may do.' }),
    secondFactor: z.enum(['required', 'optional']).meta({ description: 'What the configuration wants.' }),
  })
  .meta({ id: 'OwnSession' });

export const Sessions = z.object({
  items: z.array(
    z
      .object({
        number: z.int(),
        madeMs: Moment,
        usedMs: Moment.meta({ description: 'When the person last did something, to the minute.' }),
        untilMs: Moment,
        from: z.string(),
        browser: z.string().meta({ description: 'What it says of itself.' }),
        own: z.boolean().meta({ description: 'It is the one that asks.' }),
      })
      .meta({ id: 'PersonSession' }),
  ),
});

/** For the app: as a picture and as text. */
export const Offered = z
  .object({
    secret: z.string().meta({ description: 'Base32, to be typed where a picture cannot be taken.' }),
    uri: z.string().meta({ description: 'What the QR code says.' }),
  })
  .meta({ id: 'OfferedSecondFactor' });

export const LinkHolder = z
  .object({
    name: z.string(),
    role: z.enum(roles),
    app: Offered,
    secondFactor: z.enum(['required', 'optional']),
  })
  .meta({ id: 'LinkHolder' });

const atMs = 1_795_000_000_000;
export const personSample: z.output<typeof Person> = {
  name: 'ann',
  role: 'finance',
  state: 'active',
  createdMs: atMs,
  createdBy: 'root@central',
  endedMs: null,
  secondFactor: true,
  linkUntilMs: null,
  lastSignInMs: atMs + 3_600_000,
  sessions: 1,
};
export const linkSample = `https://central.example/#/welcome/${'A'.repeat(43)}`;
export const offeredSample: z.output<typeof Offered> = {
  secret: 'MZXW6YTBOI',
  uri: 'otpauth://totp/Holdfast:ann?secret=MZXW6YTBOI&issuer=Holdfast',
};
export const sessionSample: z.output<typeof Sessions>['items'][number] = {
  number: 7,
  madeMs: atMs,
  usedMs: atMs + 60_000,
  untilMs: atMs + 12 * 3_600_000,
  from: '10.20.0.7',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  own: true,
};
