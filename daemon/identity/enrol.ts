// Enrolment, step by step. Each step is done, then kept, then said: whatever goes meanwhile, the next run continues, and
// doing a step twice is as good as once. The key is made here and stays here.
import { createPrivateKey, hash, X509Certificate } from 'node:crypto';
import { createP256KeyPair, privatePem } from '../../provisioning/authority/keys.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { clockWords } from './clock-words.ts';
import { IdentityError } from './error.ts';
import { fetchProfile, fetchRoot, type Profile, simpleEnrol } from './est-client.ts';
import { type Owner, placeIdentity } from './identity-folder.ts';
import { malformed } from './refusal.ts';
import { assertCentralsWord, type TimeKnown } from './server-time.ts';
import type { Slip } from './slip.ts';
import type { Enrolment, Work } from './work.ts';

export interface EnrolParts {
  work: Work<Enrolment>;
  identityFolder: string;
  owner: Owner;
  time(): TimeKnown;
  /** Writes central.url, central.est and site into the configuration. */
  configure(central: { url: string; est: string; site: string | null }): void;
  /** One plain line for the technician. */
  say(line: string): void;
}

export interface Enrolled {
  applianceId: string;
  site: string | null;
  centralUrl: string;
  notAfterMs: number;
}

export type EnrolmentUnderWay = Exclude<Enrolment, { at: 'done' }>;

/**
 * Where an enrolment begins, continues, or has ended: by the slip that is given now (null for none) and the work that was
 * kept. A slip that differs begins anew; null when nothing says where to begin.
 */
export function startOf(given: Slip | null, kept: Enrolment | null): Enrolment | null {
  if (!given) return kept;
  const same = kept && (kept.at === 'done' ? kept.slipSha256 : slipSha256(kept.slip)) === slipSha256(given);
  return same ? kept : { at: 'slip_read', slip: given };
}

function slipSha256({ est, appliance, code, root }: Slip): string {
  return hash('sha256', [est, appliance, code, root].join(' '));
}

/**
 * Goes on from where the work stands to the end.
 * @throws IdentityError what to do is in its hint; a refused code is forgotten, everything else is kept for the next run
 */
export async function enrol(parts: EnrolParts, from: EnrolmentUnderWay): Promise<Enrolled> {
  const { work, say } = parts;
  for (let state: EnrolmentUnderWay = from; ; ) {
    if (state.at === 'configured') {
      const { slip, profile, certificatePem } = state;
      // Key and code are not kept a second time.
      work.write({ at: 'done', appliance: slip.appliance, slipSha256: slipSha256(slip) });
      const notAfterMs = new X509Certificate(certificatePem).validToDate.getTime();
      return {
        applianceId: profile.appliance,
        site: profile.site,
        centralUrl: profile.centralUrl,
        notAfterMs,
      };
    }
    const { next, line } = await stepFrom(state, parts).catch((error: unknown) => {
      if (error instanceof IdentityError && error.code === 'code_refused') work.clear();
      throw error;
    });
    work.write(next);
    say(line);
    state = next;
  }
}

type Step = Promise<{ next: EnrolmentUnderWay; line: string }>;

async function stepFrom(state: Exclude<EnrolmentUnderWay, { at: 'configured' }>, parts: EnrolParts): Step {
  const { slip } = state;
  switch (state.at) {
    case 'slip_read': {
      const rootPem = await fetchRoot(slip.est, slip.root, parts.time());
      return {
        next: { ...state, at: 'root_trusted', rootPem },
        line: `reached ${new URL(slip.est).host}: it shows the root of the slip`,
      };
    }
    case 'root_trusted': {
      const keyPem = privatePem(createP256KeyPair().privateKey);
      return { next: { ...state, at: 'key_made', keyPem }, line: 'made a key; it stays on this box' };
    }
    case 'key_made': {
      const central = { est: slip.est, rootPem: state.rootPem };
      const key = createPrivateKey(state.keyPem);
      const { certificatePem, notAfterMs } = await simpleEnrol(central, slip, key, parts.time());
      return {
        next: { ...state, at: 'certified', certificatePem },
        line: `traded the code for a certificate of ${slip.appliance}, good until ${day(notAfterMs)}`,
      };
    }
    case 'certified': {
      const central = { est: slip.est, rootPem: state.rootPem };
      const { profile, server } = await fetchProfile(central, state, parts.time());
      if (profile.appliance !== slip.appliance) throw malformed('profile of this appliance');
      const centralMs = Date.parse(profile.now);
      assertCentralsWord(server, parts.time(), centralMs);
      const words = clockWords(parts.time().wallMs - centralMs);
      if (words) parts.say(words);
      return {
        next: { ...state, at: 'proved', profile },
        line: `tried the certificate on a real connection: central knows this box${profile.site === null ? '' : `, of site ${profile.site}`}`,
      };
    }
    case 'proved':
      placeIdentity(parts.identityFolder, { ...state, ...fromProfile(state) }, parts.owner);
      return { next: { ...state, at: 'placed' }, line: `wrote the identity to ${parts.identityFolder}` };
    case 'placed': {
      const { centralUrl: url, site } = state.profile;
      parts.configure({ url, est: slip.est, site });
      return {
        next: { ...state, at: 'configured' },
        line: `wrote central's address ${url} to the configuration`,
      };
    }
  }
}

/** The root is the slip's: the profile may bring further ones, for a change of roots, and cannot take it away. */
export function fromProfile({ rootPem, profile }: { rootPem: string; profile: Profile }) {
  const certificates = [rootPem, profile.ca].flatMap((pem) => parseCertificates(pem));
  const roots = new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate]));
  const caPem = [...roots.values()].map((certificate) => certificate.toString()).join('');
  return { caPem, centralSigningPem: profile.centralSigning };
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
