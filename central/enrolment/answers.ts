// What the routes of enrolment answer: schemas, and a sample of each.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { authorityConditionCodes } from './authority-state.ts';
import { issuedAs, revocationReasons } from './port.ts';
import { enrolmentStates } from './progress.ts';
import { shownConditionCodes } from './standing-port.ts';

const denialKinds = ['revoked', 'replaced', 'retired'] as const;

export const Site = z
  .object({
    name: z.string(),
    createdMs: Moment,
    createdBy: z.string(),
    applianceIds: z.array(z.string()),
    openEnrolments: z.int().meta({ description: 'Codes that wait for a box.' }),
  })
  .meta({ id: 'Site' });

export const Enrolment = z
  .object({
    number: z.int(),
    applianceId: z.string(),
    site: z.string(),
    state: z.enum(enrolmentStates).meta({
      description:
        'How far the box got: created, certificate_issued, profile_fetched, first_hello, first_receipt; or why it gets no further.',
    }),
    createdMs: Moment,
    createdBy: z.string(),
    expiresMs: Moment,
    wrongAttempts: z.int(),
    issuedMs: Moment.nullable(),
    profileMs: Moment.nullable(),
    firstHelloMs: Moment.nullable(),
    serial: z.string().nullable().meta({ description: 'Of the certificate that the code brought.' }),
  })
  .meta({ id: 'Enrolment' });
export const EnrolmentPage = pageOf(Enrolment, z.int()).meta({ id: 'EnrolmentPage' });

const Slip = z.object({
  v: z.literal(1),
  est: z.string(),
  appliance: z.string(),
  code: z.string().meta({ description: 'Said this once.' }),
  root: z.string().meta({ description: 'sha256: and the digest of the root certificate.' }),
});
export const EnrolmentWithSlip = z
  .object({ enrolment: Enrolment, slip: Slip })
  .meta({ id: 'EnrolmentWithSlip' });

const Certificate = z.object({
  applianceId: z.string(),
  serial: z.string(),
  issuedAs: z.enum(issuedAs),
  enrolment: z.int().nullable(),
  issuedMs: Moment,
  notBeforeMs: Moment,
  notAfterMs: Moment,
  firstHelloMs: Moment.nullable(),
  revokedMs: Moment.nullable(),
  revokedReason: z.enum(revocationReasons).nullable(),
});
const Missing = z.object({
  journalId: z.string(),
  fromSeq: z.int().meta({ description: 'The first seq that was not received.' }),
  atLeast: z.int(),
  atMost: z.int().nullable().meta({ description: 'Null: nobody can say.' }),
});
const Replacement = z.object({
  number: z.int(),
  oldId: z.string(),
  newId: z.string(),
  site: z.string(),
  journal: z.enum(['handed_over', 'declared']),
  state: z.enum(['proposed', 'done']),
  missing: z.array(
    Missing.extend({ found: z.int().meta({ description: 'How many of them were handed over since.' }) }),
  ),
  currency: z.string().nullable(),
  amountMinor: z.int().nullable(),
  note: z.string(),
  proposedBy: z.string(),
  atMs: Moment,
});
export const Identity = z
  .object({
    applianceId: z.string(),
    site: z.string().nullable(),
    denial: z
      .object({
        kind: z.enum(denialKinds),
        reason: z.string(),
        atMs: Moment,
        readmittedMs: Moment.nullable().meta({ description: 'Since then what is issued anew counts again.' }),
      })
      .nullable(),
    conditions: z.array(z.object({ code: z.enum(shownConditionCodes), sinceMs: Moment, detail: z.string() })),
    certificates: z.array(Certificate).meta({ description: 'The newest first, at most 100.' }),
    missing: z
      .array(Missing)
      .meta({ description: 'What it wrote, by its own last word, and central has not.' }),
    replacement: Replacement.nullable(),
  })
  .meta({ id: 'Identity' });
export const Replaced = z
  .object({
    replacement: Replacement,
    enrolment: Enrolment.nullable().meta({ description: 'Null while it waits for a second person.' }),
    slip: Slip.nullable(),
  })
  .meta({ id: 'Replaced' });

export const AuthorityAnswer = z
  .object({
    issuing: z
      .object({ fingerprint: z.string(), notAfterMs: Moment })
      .nullable()
      .meta({ description: 'The issuing CA at work; null where nobody can enrol.' }),
    serverNotAfterMs: Moment,
    crls: z
      .array(z.object({ issuer: z.string(), thisUpdateMs: Moment, nextUpdateMs: Moment }))
      .meta({ description: 'The lists of revoked certificates that were written.' }),
    conditions: z.array(
      z.object({ code: z.enum(authorityConditionCodes), about: z.string(), endMs: Moment }),
    ),
  })
  .meta({ id: 'Authority' });

const atMs = 1_795_000_000_000;
export const siteSample: z.output<typeof Site> = {
  name: 'Leeds 2',
  createdMs: atMs,
  createdBy: 'ann@ops',
  applianceIds: ['leeds-2-1'],
  openEnrolments: 0,
};
export const enrolmentSample: z.output<typeof Enrolment> = {
  number: 7,
  applianceId: 'leeds-2-1',
  site: 'Leeds 2',
  state: 'created',
  createdMs: atMs,
  createdBy: 'ann@ops',
  expiresMs: atMs + 14 * 86_400_000,
  wrongAttempts: 0,
  issuedMs: null,
  profileMs: null,
  firstHelloMs: null,
  serial: null,
};
export const slipSample: z.output<typeof Slip> = {
  v: 1,
  est: 'https://central.example:8884',
  appliance: 'leeds-2-1',
  code: '7Q3M-0K9D-XW2H-51TA',
  root: `sha256:${'0a'.repeat(32)}`,
};
export const identitySample: z.output<typeof Identity> = {
  applianceId: 'leeds-2-1',
  site: 'Leeds 2',
  denial: null,
  conditions: [],
  certificates: [
    {
      applianceId: 'leeds-2-1',
      serial: '4f0a2b7c9d1e3f405162738495a6b7c8',
      issuedAs: 'enrolment',
      enrolment: 7,
      issuedMs: atMs,
      notBeforeMs: atMs - 86_400_000,
      notAfterMs: atMs + 90 * 86_400_000,
      firstHelloMs: atMs + 60_000,
      revokedMs: null,
      revokedReason: null,
    },
  ],
  missing: [],
  replacement: null,
};
export const replacedSample: z.output<typeof Replaced> = {
  replacement: {
    number: 1,
    oldId: 'leeds-2-1',
    newId: 'leeds-2-2',
    site: 'Leeds 2',
    journal: 'declared',
    state: 'done',
    missing: [
      { journalId: '0190a1b2-0000-7000-8000-000000000001', fromSeq: 1205, atLeast: 3, atMost: 9, found: 0 },
    ],
    currency: 'GBP',
    amountMinor: 12_000,
    note: 'burnt',
    proposedBy: 'person ann',
    atMs,
  },
  enrolment: { ...enrolmentSample, number: 8, applianceId: 'leeds-2-2' },
  slip: { ...slipSample, appliance: 'leeds-2-2' },
};

const fingerprint = Array.from({ length: 32 }, () => 'A0').join(':');
export const authoritySample: z.output<typeof AuthorityAnswer> = {
  issuing: { fingerprint, notAfterMs: atMs + 1700 * 86_400_000 },
  serverNotAfterMs: atMs + 300 * 86_400_000,
  crls: [{ issuer: fingerprint, thisUpdateMs: atMs - 50 * 86_400_000, nextUpdateMs: atMs + 40 * 86_400_000 }],
  conditions: [{ code: 'crl_half_spent', about: fingerprint, endMs: atMs + 40 * 86_400_000 }],
};
