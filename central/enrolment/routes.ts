// The routes of sites and one-time codes. A code is answered once, when it is made; nobody can read it again.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { found, ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import {
  AuthorityAnswer,
  authoritySample,
  Enrolment,
  EnrolmentPage,
  EnrolmentWithSlip,
  enrolmentSample,
  Site,
  siteSample,
  slipSample,
} from './answers.ts';
import type { AuthorityCondition, AuthorityFacts } from './authority-state.ts';
import { hashCode, newCode, plainCode } from './code.ts';
import type { EnrolmentCancelled, EnrolmentCreated, EnrolmentPort, EnrolmentView } from './port.ts';
import { makeSlip, type Slip } from './slip.ts';

/** Where boxes enrol by the configuration; null: nobody can. */
export interface EnrolmentPlace {
  estUrl: string;
  root: string;
}

export type AuthorityState = { facts: AuthorityFacts; conditions: AuthorityCondition[] };

const dayMs = 86_400_000;
const SiteName = Text(100);
const NewSite = z.strictObject({ name: SiteName });
const NewEnrolment = z.strictObject({
  site: SiteName,
  newSite: z.boolean().default(false).meta({ description: 'Make the site known too.' }),
  applianceId: ApplianceId.optional().meta({ description: 'The next of the site unless given.' }),
  days: z.int().min(1).max(90).default(14),
});
const Cancellation = z.strictObject({ reason: Text(1000) });
const EnrolmentsQuery = PageQuery.extend({
  open: z.enum(['true', 'false']).optional().meta({ description: 'true: only those that are on their way.' }),
});

export function enrolmentRoutes(
  store: EnrolmentPort,
  place: EnrolmentPlace | null,
  parts: { nowMs(): number; authority(): Promise<AuthorityState> },
): Route[] {
  const { nowMs } = parts;
  return [
    route({
      id: 'readAuthority',
      method: 'GET',
      path: '/v1/authority',
      summary: 'Read what runs out at the authority, and when',
      action: 'fleet.read',
      answer: AuthorityAnswer,
      example: authoritySample,
      handle: async () => {
        const { facts, conditions } = await parts.authority();
        return { ...facts, crls: [...facts.crls], conditions };
      },
    }),
    route({
      id: 'listSites',
      method: 'GET',
      path: '/v1/sites',
      summary: 'List the sites with their appliances, in the order of their names',
      action: 'fleet.read',
      answer: z.object({ items: z.array(Site) }),
      example: { items: [siteSample] },
      handle: async () => ({ items: await store.sites(nowMs()) }),
    }),
    route({
      id: 'createSite',
      method: 'POST',
      path: '/v1/sites',
      summary: 'Make a site known',
      action: 'enrolment.manage',
      body: NewSite,
      bodyExample: { name: 'Leeds 2' },
      status: 201,
      answer: Site,
      example: { ...siteSample, applianceIds: [] },
      problems: ['site_known'],
      handle: async ({ body, by }) => {
        const made = await store.createSite(body, by);
        if (made.kind === 'created') return made.site;
        throw new ProblemError('site_known', 'Choose another name.');
      },
    }),
    route({
      id: 'listEnrolments',
      method: 'GET',
      path: '/v1/enrolments',
      summary: 'List one-time codes and how far each box got, the newest first',
      action: 'fleet.read',
      query: EnrolmentsQuery,
      answer: EnrolmentPage,
      example: { items: [enrolmentSample], nextCursor: null },
      handle: ({ query: { open, cursor, limit } }) =>
        store.enrolments({ open: open === 'true', cursor: cursor ?? null, limit, nowMs: nowMs() }),
    }),
    route({
      id: 'readEnrolment',
      method: 'GET',
      path: '/v1/enrolments/:number',
      summary: 'Read how far a box got',
      action: 'fleet.read',
      params: NumberParams,
      answer: Enrolment,
      example: enrolmentSample,
      problems: ['not_found'],
      handle: async ({ params: { number } }) =>
        found(await store.enrolment({ number, nowMs: nowMs() }), 'enrolment'),
    }),
    route({
      id: 'createEnrolment',
      method: 'POST',
      path: '/v1/enrolments',
      summary: 'Make a one-time code for a box; one that waits for the same box is cancelled',
      action: 'enrolment.manage',
      body: NewEnrolment,
      bodyExample: { site: 'Leeds 2', newSite: true },
      status: 201,
      answer: EnrolmentWithSlip,
      example: { enrolment: enrolmentSample, slip: slipSample },
      problems: ['not_found', 'site_known', 'appliance_refused', 'est_missing'],
      handle: async ({ body: { site, newSite, applianceId = null, days }, by }) => {
        const { codeHash, slipOf } = codeAt(place);
        const expiresMs = by.nowMs + days * dayMs;
        const made = await store.createEnrolment({ site, newSite, applianceId, codeHash, expiresMs }, by);
        const enrolment = created(made);
        return { enrolment, slip: slipOf(enrolment.applianceId) };
      },
    }),
    route({
      id: 'cancelEnrolment',
      method: 'POST',
      path: '/v1/enrolments/:number/cancellation',
      summary: 'Make a code that waits unusable',
      action: 'enrolment.manage',
      params: NumberParams,
      body: Cancellation,
      bodyExample: { reason: 'the slip was lost' },
      answer: Enrolment,
      example: { ...enrolmentSample, state: 'cancelled' },
      problems: ['not_found', 'enrolment_used'],
      handle: async ({ params: { number }, body: { reason }, by }) =>
        cancelled(await store.cancelEnrolment({ number, reason }, by)),
    }),
  ];
}

/** @throws ProblemError est_missing */
export function codeAt(place: EnrolmentPlace | null): {
  codeHash: Uint8Array;
  slipOf(applianceId: string): Slip;
} {
  if (place === null) {
    throw new ProblemError(
      'est_missing',
      'The configuration of central has no [est]: nobody can enrol here.',
    );
  }
  const code = newCode();
  const codeHash = new Uint8Array(hashCode(plainCode(code) ?? ''));
  return { codeHash, slipOf: (applianceId) => makeSlip({ ...place, applianceId, code }) };
}

function created(made: EnrolmentCreated): EnrolmentView {
  switch (made.kind) {
    case 'created':
      return made.enrolment;
    case 'site_unknown':
      throw new ProblemError('not_found', 'No site has that name. Give newSite for a new one.');
    case 'site_known':
      throw new ProblemError('site_known', 'Leave newSite out.');
    case 'appliance_elsewhere':
      throw new ProblemError('appliance_refused', `That appliance stands at ${made.site}.`);
    case 'appliance_denied':
      throw new ProblemError(
        'appliance_refused',
        `That appliance was ${made.denial}. Take a new id, or readmit it.`,
      );
  }
}

function cancelled(answer: EnrolmentCancelled): EnrolmentView {
  switch (answer.kind) {
    case 'cancelled':
      return answer.enrolment;
    case 'enrolment_unknown':
      throw new ProblemError('not_found', 'No enrolment has that number.');
    case 'used':
      throw new ProblemError(
        'enrolment_used',
        'Its certificate is out. Revoke the appliance, if that is meant.',
      );
  }
}
