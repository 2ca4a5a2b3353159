// The five questions a box asks central's enrolment service (RFC 7030), and what the answers mean.
import type { KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { applianceIdOf } from '../../provisioning/authority/check.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import {
  type Answer,
  assertCentral,
  type ClientCertificate,
  openConnection,
  openTrusted,
  type Trusted,
} from './central-connection.ts';
import { IdentityError } from './error.ts';
import { malformed, refusal } from './refusal.ts';
import type { TimeKnown } from './server-time.ts';
import type { Slip } from './slip.ts';

const known = '/.well-known/est';

export interface Central {
  est: string;
  /** The roots it is known by, PEM. */
  rootPem: string;
}

/** What central tells an appliance beyond its certificate. */
export const Profile = z.object({
  v: z.literal(1),
  appliance: ApplianceId,
  site: Text(64).nullable(),
  centralUrl: z.url({ protocol: /^mqtts$/ }),
  centralSigning: z.string().includes('BEGIN PUBLIC KEY'),
  ca: z.string().includes('BEGIN CERTIFICATE'),
  renewAfter: z.iso.datetime({ offset: true }),
  now: z.iso.datetime({ offset: true }),
});
export type Profile = z.infer<typeof Profile>;

export type Certified = {
  /** The appliance's own certificate, then the CAs between it and the root. */
  certificatePem: string;
  notAfterMs: number;
};

/**
 * Asks whoever answers for the CAs, and believes the root alone whose fingerprint is given (RFC 7030 §4.1.1).
 * @returns the root, PEM
 * @throws IdentityError central_unreachable, root_mismatch, central_not_trusted, answer_malformed
 */
export async function fetchRoot(est: string, rootSha256: string, time: TimeKnown): Promise<string> {
  const connection = await openConnection(est);
  const answer = await connection.ask({ method: 'GET', path: `${known}/cacerts` });
  if (answer.status !== 200) throw refusal(answer, 'cacerts');
  const certificates = await readCertificates(answer.body);
  const root = certificates.find((certificate) => fingerprint(certificate) === rootSha256);
  if (!root?.ca || !root.verify(root.publicKey)) {
    throw new IdentityError(
      'root_mismatch',
      `${new URL(est).host} does not show the root of the slip (sha256:${rootSha256.slice(0, 16)}…)`,
      'Do not go on by this link: compare the slip with central’s root, and find out who answers there.',
    );
  }
  assertCentral(connection.chain, est, [root], time);
  return root.toString();
}

/**
 * Trades the slip's code for a certificate of this key. Safe to repeat with the same key: central answers the same again.
 * @throws IdentityError code_refused, too_many_attempts, central_refused, and as openTrusted
 */
export async function simpleEnrol(
  central: Central,
  { appliance, code }: Pick<Slip, 'appliance' | 'code'>,
  key: KeyObject,
  time: TimeKnown,
): Promise<Certified> {
  const { connection } = await openTrusted(central.est, parseCertificates(central.rootPem), time);
  const authorization = `Basic ${Buffer.from(`${appliance}:${hyphenated(code)}`).toString('base64')}`;
  const answer = await connection.ask(await certificateQuestion('simpleenroll', key, { authorization }));
  return certified(answer, 'simpleenroll', key, appliance);
}

/**
 * A certificate for a new key, by the present one, which may have run out (central decides for how long).
 * @throws IdentityError certificate_revoked, renewal_window_passed, central_refused, and as openTrusted
 */
export async function simpleReenrol(
  central: Central,
  present: ClientCertificate & { applianceId: string },
  key: KeyObject,
  time: TimeKnown,
): Promise<Certified> {
  const roots = parseCertificates(central.rootPem);
  const { connection } = await openTrusted(central.est, roots, time, present);
  const answer = await connection.ask(await certificateQuestion('simplereenroll', key, {}));
  return certified(answer, 'simplereenroll', key, present.applianceId);
}

/**
 * What this certificate is told: central judges it as at the broker's door.
 * @throws IdentityError certificate_revoked, central_refused, and as openTrusted
 */
export async function fetchProfile(
  central: Central,
  client: ClientCertificate,
  time: TimeKnown,
): Promise<{ profile: Profile; server: Trusted }> {
  const roots = parseCertificates(central.rootPem);
  const { connection, server } = await openTrusted(central.est, roots, time, client);
  const answer = await connection.ask({ method: 'GET', path: '/.well-known/holdfast/profile' });
  if (answer.status !== 200) throw refusal(answer, 'profile');
  const parsed = Profile.safeParse(parseJson(answer.body));
  if (!parsed.success) throw malformed('profile', parsed.error);
  return { profile: parsed.data, server };
}

async function certificateQuestion(operation: string, key: KeyObject, headers: Record<string, string>) {
  // Loaded here alone: a running daemon must not carry it.
  const { createRequest } = await import('../../provisioning/authority/create-request.ts');
  const body = (await createRequest(key)).toString('base64').replace(/.{64}/g, '$&\r\n');
  return {
    method: 'POST' as const,
    path: `${known}/${operation}`,
    headers: {
      ...headers,
      'content-type': 'application/pkcs10',
      // RFC 7030 §3.2.2 names it; RFC 8951 §3 has servers ignore it.
      'content-transfer-encoding': 'base64',
    },
    body: `${body}\r\n`,
  };
}

/** The certificate of this very key, for this very appliance, before its CAs. */
async function certified(
  answer: Answer,
  operation: string,
  key: KeyObject,
  applianceId: string,
): Promise<Certified> {
  if (answer.status !== 200) throw refusal(answer, operation);
  const certificates = await readCertificates(answer.body);
  const leaf = certificates.find((certificate) => !certificate.ca && certificate.checkPrivateKey(key));
  if (!leaf || applianceIdOf(leaf) !== applianceId) throw malformed(operation);
  const between = certificates.filter(({ ca, subject, issuer }) => ca && subject !== issuer);
  return {
    certificatePem: [leaf, ...between].map((certificate) => certificate.toString()).join(''),
    notAfterMs: leaf.validToDate.getTime(),
  };
}

async function readCertificates(body: string): Promise<X509Certificate[]> {
  const { readCertsOnly } = await import('../../provisioning/authority/read-certs-only.ts');
  try {
    return readCertsOnly(Buffer.from(body, 'base64'));
  } catch (cause) {
    throw malformed('certificates', cause);
  }
}

function fingerprint(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function hyphenated(code: string): string {
  return code.replace(/.{4}(?=.)/g, '$&-');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
