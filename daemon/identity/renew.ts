// Renewal, step by step: a new key, a certificate for it, a trial on a real connection, and only then the exchange. Until
// that last move the box is who it was, whatever goes meanwhile.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createP256KeyPair, privatePem } from '../../provisioning/authority/keys.ts';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import { clockWords } from './clock-words.ts';
import { fromProfile } from './enrol.ts';
import { fetchProfile, simpleReenrol } from './est-client.ts';
import { type Owner, placeIdentity } from './identity-folder.ts';
import { type RenewalDue, renewalDue } from './renewal-rule.ts';
import { assertCentralsWord, believedMs, type TimeKnown } from './server-time.ts';
import { askStanding, type Standing } from './standing.ts';
import type { Renewal, Work } from './work.ts';

export interface RenewParts {
  est: string;
  present: ApplianceIdentity;
  work: Work<Renewal>;
  identityFolder: string;
  owner: Owner;
  outagesMs: readonly number[];
  /** Renews whatever the rule says. */
  force: boolean;
  time(): TimeKnown;
  say(line: string): void;
}

export type Renewed =
  | { kind: 'not_due'; notAfterMs: number; fromMs: number }
  | { kind: 'renewed'; notAfterMs: number };

/**
 * Renews the identity when its time has come, or goes on with a renewal that was interrupted.
 * @throws IdentityError certificate_revoked, renewal_window_passed, central_unreachable when it is due and there is no link
 */
export async function renew(parts: RenewParts): Promise<Renewed> {
  const kept = parts.work.read();
  let state = kept && leadsOn(kept, parts.present) ? kept : null;
  if (state) parts.say('going on with the renewal that was interrupted');
  else {
    const due = await judge(parts);
    if (!due.due && !parts.force) {
      parts.work.clear();
      return { kind: 'not_due', notAfterMs: notAfterOf(parts.present.certificatePem), fromMs: due.fromMs };
    }
    parts.say(due.due ? dueWords[due.why] : 'renewed before its time, as asked');
    // A key that central has not certified yet is as good as another: with it, a lost answer can be asked for again.
    state = kept?.at === 'key_made' ? kept : makeKey(parts);
  }
  while (state.at !== 'proved') {
    const { next, line } = await stepFrom(state, parts);
    parts.work.write(next);
    parts.say(line);
    state = next;
  }
  return exchange(state, parts);
}

const dueWords = {
  third_of_life_left: 'a third of the certificate’s life is left, or less',
  long_outages: 'outages of this site have been long: renewed early',
  expired: 'the certificate has run out; it is renewed by proof of its key',
};

/** By central's clock when it answers, by this box's own otherwise. */
async function judge({ est, present, outagesMs, force, time, say }: RenewParts): Promise<RenewalDue> {
  const { validFromDate, validToDate } = new X509Certificate(present.certificatePem);
  const rule = (at: number) =>
    renewalDue({
      nowMs: at,
      notBeforeMs: validFromDate.getTime(),
      notAfterMs: validToDate.getTime(),
      outagesMs,
    });
  const standing: Standing = await askStanding(est, present, time());
  switch (standing.kind) {
    case 'refused':
      // Revoked: there is nothing to renew, and central has the word.
      if (standing.error.code === 'certificate_revoked') throw standing.error;
      return { due: true, why: 'expired' };
    case 'unknown':
      if (rule(believedMs(time())).due || force) throw standing.error;
      say(`central was not asked: ${standing.error.message}`);
      return rule(believedMs(time()));
    case 'accepted': {
      const words = clockWords(time().wallMs - standing.centralNowMs);
      if (words) say(words);
      const due = rule(standing.centralNowMs);
      if (due.due || standing.centralNowMs < standing.renewAfterMs) return due;
      return { due: true, why: 'third_of_life_left' };
    }
  }
}

/** What was certified counts while it outlives the present certificate, or is it: then the last move alone is missing. */
function leadsOn(kept: Renewal, { certificatePem }: ApplianceIdentity): boolean {
  if (kept.at === 'key_made') return false;
  return (
    kept.certificatePem === certificatePem || notAfterOf(kept.certificatePem) > notAfterOf(certificatePem)
  );
}

function makeKey({ work, say }: RenewParts): Renewal {
  const state: Renewal = { at: 'key_made', keyPem: privatePem(createP256KeyPair().privateKey) };
  work.write(state);
  say('made a new key; it stays on this box');
  return state;
}

async function stepFrom(
  state: Exclude<Renewal, { at: 'proved' }>,
  { est, present, time }: RenewParts,
): Promise<{ next: Renewal; line: string }> {
  const central = { est, rootPem: present.caPem };
  switch (state.at) {
    case 'key_made': {
      const { certificatePem, notAfterMs } = await simpleReenrol(
        central,
        present,
        createPrivateKey(state.keyPem),
        time(),
      );
      const until = new Date(notAfterMs).toISOString().slice(0, 10);
      return {
        next: { ...state, at: 'certified', certificatePem },
        line: `central certified it until ${until}`,
      };
    }
    case 'certified': {
      const { profile, server } = await fetchProfile(central, state, time());
      assertCentralsWord(server, time(), Date.parse(profile.now));
      return {
        next: { ...state, at: 'proved', profile },
        line: 'tried the new certificate on a real connection: central takes it',
      };
    }
  }
}

function exchange(state: Extract<Renewal, { at: 'proved' }>, parts: RenewParts): Renewed {
  const { identityFolder, present, work, owner, say } = parts;
  placeIdentity(identityFolder, { ...state, ...fromProfile({ rootPem: present.caPem, ...state }) }, owner);
  work.clear();
  say(`put the new identity in place of the old one, which is kept as ${identityFolder}.previous`);
  return { kind: 'renewed', notAfterMs: notAfterOf(state.certificatePem) };
}

function notAfterOf(certificatePem: string): number {
  return new X509Certificate(certificatePem).validToDate.getTime();
}
