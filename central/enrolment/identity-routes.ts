// The routes of an appliance's identity: what it may show, who is shut out, and a new box in the place of an old one.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { found, ProblemError } from '../http/problems.ts';
import { type Route, route } from '../http/route.ts';
import type { SecondPersonLimits } from '../people/second-person.ts';
import { Identity, identitySample, Replaced, replacedSample } from './answers.ts';
import { codeAt, type EnrolmentPlace } from './routes.ts';
import type { Slip } from './slip.ts';
import type {
  ApplianceDenied,
  ApplianceReadmitted,
  ApplianceReplaced,
  IdentityView,
  StandingPort,
} from './standing-port.ts';
import { missingWords } from './words.ts';

const Id = z.object({ id: z.string() });
const Reason = z.strictObject({ reason: Text(1000) });
const Acknowledgement = z.strictObject({ code: z.enum(['identity_in_two_places']), note: Text(1000) });
const Replacement = z.strictObject({
  journal: z.enum(['handed_over', 'declared']).meta({
    description: 'handed_over: all it wrote is here. declared: whoever asks signs for what is not.',
  }),
  lastSeq: z.int().min(0).optional().meta({ description: "The last entry by the old box's screen." }),
  worth: z
    .strictObject({ currency: z.string().regex(/^[A-Z]{3}$/), amountMinor: z.int().min(0) })
    .optional()
    .meta({ description: 'What the missing entries are worth; left out when nobody can say.' }),
  newId: ApplianceId.optional(),
  days: z.int().min(1).max(90).default(14),
  note: Text(1000),
});

export function identityRoutes(
  store: StandingPort,
  parts: {
    place: EnrolmentPlace | null;
    secondPersonAboveMinor: SecondPersonLimits;
    /** The deny list has changed: live connections are closed. */
    onDenied(): Promise<void>;
  },
): Route[] {
  const deny = (kind: 'revoked' | 'retired', path: `/${string}`, id: string, summary: string) =>
    route({
      id,
      method: 'POST',
      path,
      summary,
      action: kind === 'revoked' ? 'appliance.revoke' : 'appliance.manage',
      params: Id,
      body: Reason,
      bodyExample: { reason: 'stolen on 12 March' },
      answer: Identity,
      example: {
        ...identitySample,
        denial: {
          kind,
          reason: 'stolen on 12 March',
          atMs: identitySample.certificates[0]?.issuedMs ?? 0,
          readmittedMs: null,
        },
      },
      problems: ['not_found', 'appliance_refused', 'journal_not_received'],
      handle: async ({ params: { id: applianceId }, body: { reason }, by }) => {
        const identity = denied(await store.denyAppliance({ applianceId, kind, reason }, by));
        await parts.onDenied();
        return identity;
      },
    });

  return [
    route({
      id: 'readIdentity',
      method: 'GET',
      path: '/v1/appliances/:id/identity',
      summary: 'Read what an appliance may show, and what is wrong with it',
      action: 'fleet.read',
      params: Id,
      answer: Identity,
      example: identitySample,
      problems: ['not_found'],
      handle: async ({ params: { id } }) => found(await store.identity(id), 'appliance'),
    }),
    deny(
      'revoked',
      '/v1/appliances/:id/revocation',
      'revokeAppliance',
      'Shut an appliance out at once; its live connection is closed',
    ),
    deny(
      'retired',
      '/v1/appliances/:id/retirement',
      'retireAppliance',
      'End an appliance that has handed over all it wrote',
    ),
    route({
      id: 'readmitAppliance',
      method: 'POST',
      path: '/v1/appliances/:id/readmission',
      summary: 'Let an appliance in again by a new code; what it had before stays revoked',
      action: 'appliance.manage',
      params: Id,
      body: Reason,
      bodyExample: { reason: 'it was found' },
      answer: Identity,
      example: identitySample,
      problems: ['not_found', 'appliance_refused'],
      handle: async ({ params: { id: applianceId }, body: { reason }, by }) => {
        const identity = readmitted(await store.readmitAppliance({ applianceId, reason }, by));
        await parts.onDenied();
        return identity;
      },
    }),
    route({
      id: 'acknowledgeCondition',
      method: 'POST',
      path: '/v1/appliances/:id/acknowledgements',
      summary: 'End a condition that a person has seen to',
      action: 'appliance.manage',
      params: Id,
      body: Acknowledgement,
      bodyExample: { code: 'identity_in_two_places', note: 'a cloned disk, wiped' },
      answer: Identity,
      example: identitySample,
      problems: ['not_found'],
      handle: async ({ params: { id: applianceId }, body, by }) => {
        const ended = await store.endCondition({ applianceId, ...body }, by);
        if (ended.kind === 'ended') return ended.identity;
        throw new ProblemError('not_found', 'That appliance has no such condition.');
      },
    }),
    route({
      id: 'replaceAppliance',
      method: 'POST',
      path: '/v1/appliances/:id/replacement',
      summary:
        'End an old box and make the code for the new one in its place; where a second person must confirm it, by the same request',
      action: 'appliance.manage',
      params: Id,
      body: Replacement,
      bodyExample: { journal: 'declared', worth: { currency: 'GBP', amountMinor: 12_000 }, note: 'burnt' },
      answer: Replaced,
      example: replacedSample,
      problems: [
        'not_found',
        'appliance_refused',
        'journal_not_received',
        'second_person_needed',
        'est_missing',
      ],
      handle: async ({ params: { id: oldId }, body, by }) => {
        const { days, newId = null, lastSeq = null, worth = null, ...said } = body;
        const { codeHash, slipOf } = codeAt(parts.place);
        const { secondPersonAboveMinor } = parts;
        const expiresMs = by.nowMs + days * 86_400_000;
        const asked = { ...said, oldId, newId, lastSeq, worth, secondPersonAboveMinor, codeHash, expiresMs };
        const answer = replaced(await store.replaceAppliance(asked, by), slipOf);
        await parts.onDenied();
        return answer;
      },
    }),
  ];
}

function denied(answer: ApplianceDenied): IdentityView {
  switch (answer.kind) {
    case 'denied':
      return answer.identity;
    case 'appliance_unknown':
      throw new ProblemError('not_found', 'No appliance has that id.');
    case 'denied_already':
      throw new ProblemError('appliance_refused', `That appliance was ${answer.denial} before.`);
    case 'not_received':
      throw notReceived(answer.missing);
    default:
      return unreachable(answer);
  }
}

function readmitted(answer: ApplianceReadmitted): IdentityView {
  switch (answer.kind) {
    case 'readmitted':
      return answer.identity;
    case 'appliance_unknown':
      throw new ProblemError('not_found', 'No appliance has that id.');
    case 'not_denied':
      throw new ProblemError('appliance_refused', 'That appliance is let in.');
  }
}

function replaced(answer: ApplianceReplaced, slipOf: (id: string) => Slip): z.output<typeof Replaced> {
  switch (answer.kind) {
    case 'replaced': {
      const { replacement, enrolment } = answer;
      return { replacement, enrolment, slip: slipOf(enrolment.applianceId) };
    }
    case 'proposed':
      return { replacement: answer.replacement, enrolment: null, slip: null };
    case 'second_person_needed':
      throw new ProblemError(
        'second_person_needed',
        'You proposed this yourself. Another person must confirm it.',
      );
    case 'proposal_differs':
      throw new ProblemError(
        'appliance_refused',
        'Another person proposed something else; say the same to confirm it.',
      );
    case 'appliance_unknown':
      throw new ProblemError('not_found', 'No appliance has that id.');
    case 'site_missing':
      throw new ProblemError('appliance_refused', 'That appliance stands at no site. Make a code instead.');
    case 'new_appliance_known':
      throw new ProblemError('appliance_refused', 'The new id is taken.');
    case 'denied_already':
      throw new ProblemError('appliance_refused', `That appliance was ${answer.denial}.`);
    case 'not_received':
      throw notReceived(answer.missing);
    default:
      return unreachable(answer);
  }
}

function notReceived(missing: IdentityView['missing']): ProblemError {
  const words = missingWords(missing).map((line) => line.trim());
  return new ProblemError('journal_not_received', `It wrote entries that are not here: ${words.join('; ')}.`);
}
