// The routes by which a person signs in, is let in by a link, and looks after what is their own: sessions, password, app.
import * as z from 'zod';
import { present } from '../../kit/assert.ts';
import type { Log } from '../../kit/log.ts';
import { ProblemError } from '../http/problems.ts';
import { NumberParams } from '../http/query.ts';
import { type Browser, type Route, route } from '../http/route.ts';
import type { By } from './actor.ts';
import { NewPassword } from './password.ts';
import type { PeopleConfig } from './people-config.ts';
import {
  LinkHolder,
  Offered,
  OwnSession,
  offeredSample,
  personSample,
  Sessions,
  sessionSample,
} from './person-answers.ts';
import type { PersonPort } from './person-port.ts';
import { hashToken, type NewSession, newToken, type PersonView } from './persons.ts';
import { actions, roleMay } from './roles.ts';
import { createSignIn } from './sign-in.ts';
import { base32, newTotpSecret, TotpCode, totpUri } from './totp.ts';

const Token = z.string().regex(/^[\w-]{43}$/, { error: 'use the whole link' });
/** As it was typed: a wrong one is no mistake of form. */
const Password = z.string().min(1).max(1000);
const ownSample: z.output<typeof OwnSession> = {
  person: personSample,
  actions: ['fleet.read', 'exception.settle'],
  secondFactor: 'required',
};
const tokenSample = 'A'.repeat(43);

export function sessionRoutes(
  store: PersonPort,
  { secondFactor }: PeopleConfig,
  parts: { nowMs(): number; log: Log },
): Route[] {
  const signIn = createSignIn(parts);

  const own = (person: PersonView): z.output<typeof OwnSession> => ({
    person,
    actions: actions.filter((action) => roleMay(person.role, action)),
    secondFactor,
  });
  /** The id is new each time somebody signs in: one that was put into the browser before leads nowhere. */
  const newSession = (browser: Browser): { token: string; session: NewSession } => {
    const token = newToken();
    return { token, session: { hash: hashToken(token), from: browser.from, browser: browser.name } };
  };
  /** The password of whoever is signed in, asked once more before what could shut them out. */
  const checked = (name: string, from: string, password: string) =>
    signIn.attempt(name, from, async () => {
      const hash = await store.passwordOf(name);
      return (await signIn.matches(hash, password)) ? hash : null;
    });

  return [
    route({
      id: 'signIn',
      method: 'POST',
      path: '/v1/session',
      summary: 'Sign in as a person, by password and the code of the app; the session is a cookie',
      action: 'open',
      body: z.strictObject({
        name: z.string().min(1).max(100),
        password: Password,
        code: z.string().max(20).optional(),
      }),
      bodyExample: { name: 'ann', password: 'tea before seven', code: '287082' },
      status: 201,
      answer: OwnSession,
      example: ownSample,
      problems: ['sign_in_refused', 'sign_in_later'],
      async handle({ body: { name, password, code = null }, by: { nowMs }, browser }) {
        const person = await signIn.attempt(name, browser.from, async () => {
          const hash = await store.passwordOf(name);
          if (!(await signIn.matches(hash, password)) || hash === null) return null;
          const { token, session } = newSession(browser);
          const endsHash = browser.token === null ? null : hashToken(browser.token);
          const opened = await store.openSession({ name, password: hash, code, session, endsHash }, nowMs);
          if (opened.kind === 'refused') return null;
          browser.keepSession(token);
          return opened.person;
        });
        return own(person);
      },
    }),
    route({
      id: 'lookAtLink',
      method: 'POST',
      path: '/v1/session/links',
      summary: 'Read whose one-time link it is, and what to set up the app with; the link stays open',
      action: 'open',
      body: z.strictObject({ token: Token }),
      bodyExample: { token: tokenSample },
      answer: LinkHolder,
      example: { name: 'ann', role: 'finance', app: offeredSample, secondFactor: 'required' },
      problems: ['link_ended'],
      async handle({ body: { token }, by: { nowMs } }) {
        const link = { hash: hashToken(token), secret: newTotpSecret(), nowMs };
        const holder = await store.lookAtLink(link);
        if (holder === null) throw linkEnded();
        const { name, role, secret } = holder;
        return { name, role, app: offered(secret, name), secondFactor };
      },
    }),
    route({
      id: 'useLink',
      method: 'POST',
      path: '/v1/session/links/use',
      summary: 'Choose the password, set up the app, and be signed in; the link is used up',
      action: 'open',
      body: z.strictObject({ token: Token, password: NewPassword, code: TotpCode.optional() }),
      bodyExample: { token: tokenSample, password: 'tea before seven', code: '287082' },
      status: 201,
      answer: OwnSession,
      example: ownSample,
      problems: ['link_ended', 'code_wrong', 'sign_in_later', 'sign_in_refused'],
      async handle({ body: { token, password, code = null }, by: { nowMs }, browser }) {
        if (code === null && secondFactor === 'required') throw codeWrong();
        const hash = hashToken(token);
        const holder = await store.lookAtLink({ hash, secret: newTotpSecret(), nowMs });
        if (holder === null) throw linkEnded();
        const chosen = await signIn.hash(password);
        const made = newSession(browser);
        const used = await store.useLink({ hash, password: chosen, code, session: made.session }, nowMs);
        if (used.kind === 'link_ended') throw linkEnded();
        if (used.kind === 'code_wrong') throw codeWrong();
        browser.keepSession(made.token);
        return own(used.person);
      },
    }),
    route({
      id: 'readSession',
      method: 'GET',
      path: '/v1/session',
      summary: 'Read who is signed in, and what they may do',
      action: 'session.own',
      answer: OwnSession,
      example: ownSample,
      problems: ['person_needed'],
      async handle({ by }) {
        const { name } = personIn(by);
        return own(present(await store.personOf(name, by.nowMs), 'the person of a session'));
      },
    }),
    route({
      id: 'signOut',
      method: 'POST',
      path: '/v1/session/end',
      summary: 'Sign out',
      action: 'session.own',
      answer: z.object({ ended: z.boolean() }),
      example: { ended: true },
      problems: ['person_needed'],
      async handle({ by, browser }) {
        const { name } = personIn(by);
        const ended = await store.endSession({ name, session: { hash: tokenHash(browser) } }, by);
        browser.dropSession();
        return { ended };
      },
    }),
    route({
      id: 'listSessions',
      method: 'GET',
      path: '/v1/session/all',
      summary: 'List your own sessions, the newest first',
      action: 'session.own',
      answer: Sessions,
      example: { items: [sessionSample] },
      problems: ['person_needed'],
      async handle({ by, browser }) {
        const asked = { name: personIn(by).name, ownHash: tokenHash(browser), nowMs: by.nowMs };
        return { items: await store.sessionsOf(asked) };
      },
    }),
    route({
      id: 'endSession',
      method: 'POST',
      path: '/v1/session/all/:number/end',
      summary: 'End one of your own sessions',
      action: 'session.own',
      params: NumberParams,
      answer: z.object({ ended: z.boolean() }),
      example: { ended: true },
      problems: ['person_needed', 'not_found'],
      async handle({ params: { number }, by }) {
        const ended = await store.endSession({ name: personIn(by).name, session: { number } }, by);
        if (!ended) throw new ProblemError('not_found', 'You have no session of that number.');
        return { ended };
      },
    }),
    route({
      id: 'changePassword',
      method: 'PUT',
      path: '/v1/session/password',
      summary: 'Change your own password; your other sessions end',
      action: 'session.own',
      body: z.strictObject({ password: Password, newPassword: NewPassword }),
      bodyExample: { password: 'tea before seven', newPassword: 'coffee after seven' },
      answer: OwnSession,
      example: ownSample,
      problems: ['person_needed', 'sign_in_refused', 'sign_in_later'],
      async handle({ body: { password, newPassword }, by, browser }) {
        const { name, from } = personIn(by);
        const keepHash = tokenHash(browser);
        await signIn.attempt(name, from, async () => {
          const was = await store.passwordOf(name);
          if (was === null || !(await signIn.matches(was, password))) return null;
          const change = { name, was, password: await signIn.hash(newPassword), keepHash };
          return (await store.setPassword(change, by)) || null;
        });
        return own(present(await store.personOf(name, by.nowMs), 'the person of a session'));
      },
    }),
    route({
      id: 'offerSecondFactor',
      method: 'POST',
      path: '/v1/session/second-factor',
      summary:
        'Read what to set up another app with; the one before counts until a code of the new one comes',
      action: 'session.own',
      body: z.strictObject({ password: Password }),
      bodyExample: { password: 'tea before seven' },
      answer: Offered,
      example: offeredSample,
      problems: ['person_needed', 'sign_in_refused', 'sign_in_later'],
      async handle({ body: { password }, by }) {
        const { name, from } = personIn(by);
        await checked(name, from, password);
        const secret = newTotpSecret();
        await store.offerSecondFactor({ name, secret });
        return offered(secret, name);
      },
    }),
    route({
      id: 'confirmSecondFactor',
      method: 'POST',
      path: '/v1/session/second-factor/confirmation',
      summary: 'Say a code of the new app: from now on it is the one that counts',
      action: 'session.own',
      body: z.strictObject({ code: TotpCode }),
      bodyExample: { code: '287082' },
      answer: OwnSession,
      example: ownSample,
      problems: ['person_needed', 'code_wrong'],
      async handle({ body: { code }, by }) {
        const { name } = personIn(by);
        if (!(await store.confirmSecondFactor({ name, code }, by))) throw codeWrong();
        return own(present(await store.personOf(name, by.nowMs), 'the person of a session'));
      },
    }),
  ];
}

/** @throws ProblemError person_needed: a key has no session, no password and no app */
function personIn({ actor }: By): { name: string; from: string } {
  if (actor.kind === 'person') return actor;
  throw new ProblemError('person_needed', 'An API key has nothing of this. Sign in at the page.');
}

function tokenHash({ token }: Browser): Buffer {
  return hashToken(present(token, 'the token of a session'));
}

function offered(secret: Uint8Array, name: string): z.output<typeof Offered> {
  return { secret: base32(secret), uri: totpUri(secret, name) };
}

function linkEnded(): ProblemError {
  return new ProblemError('link_ended', 'Sign in, or ask an admin for a new link.');
}

function codeWrong(): ProblemError {
  return new ProblemError(
    'code_wrong',
    'Type the six digits that the app shows now; mind the phone’s clock.',
  );
}
