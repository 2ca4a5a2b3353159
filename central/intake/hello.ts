// Judges a hello: certificate, signature, protocol version. Pure but for the cryptography.
import type { KeyObject } from 'node:crypto';
import * as z from 'zod';
import { Uuid } from '../../contract/id.ts';
import { Hello, protocolVersion, type RefusalCode } from '../../contract/sync.ts';
import { type Authorities, checkApplianceCertificate } from '../../provisioning/authority/check.ts';
import { openFrame, peekHeader } from './open-frame.ts';

export type JudgedHello =
  | { kind: 'accepted'; hello: Hello; publicKey: KeyObject; serial: string }
  /** It can be attributed, and the appliance is told. */
  | { kind: 'refused'; helloId: string; code: RefusalCode; hint: string; reason: string }
  /** It cannot be attributed to anybody: logged and counted only. */
  | { kind: 'ignored'; reason: string };

/** The part of a hello that every version of the protocol has. */
const HelloOpening = z.object({
  helloId: Uuid,
  versions: Hello.shape.versions,
  certificate: Hello.shape.certificate,
});

const certificateHints: Record<string, string> = {
  expired: 'The certificate has run out; renew it with a new one from the authority.',
  not_yet_valid: "The certificate is not valid yet; check the appliance's and central's clocks.",
};

/**
 * @param frame the payload of holdfast/v1/{applianceId}/up/hello
 * @param nowMs central's wall clock, for the certificate's validity
 */
export function judgeHello(
  applianceId: string,
  frame: Buffer,
  authorities: Authorities,
  nowMs: number,
): JudgedHello {
  const opening = HelloOpening.safeParse(peekHeader(frame));
  if (!opening.success) return { kind: 'ignored', reason: 'frame_malformed' };
  const { helloId, versions, certificate } = opening.data;
  const refused = (code: RefusalCode, reason: string, hint: string): JudgedHello => ({
    kind: 'refused',
    helloId,
    code,
    hint,
    reason,
  });

  const check = checkApplianceCertificate(Buffer.from(certificate, 'base64'), authorities, nowMs);
  if (!check.ok) {
    const hint = certificateHints[check.reason] ?? 'Use a certificate made by the authority of this central.';
    return refused('certificate_refused', check.reason, hint);
  }
  if (check.applianceId !== applianceId) {
    return refused('certificate_refused', 'certificate_of_another_appliance', 'Say hello under your own id.');
  }
  const opened = openFrame('hello', applianceId, frame, check.publicKey);
  if (opened.kind === 'ignored') return opened;
  if (!versions.includes(protocolVersion)) {
    const hint = `This central speaks version ${protocolVersion}; install a release that does too.`;
    return refused('protocol_unsupported', 'protocol_unsupported', hint);
  }
  const hello = Hello.safeParse(opened.header);
  if (!hello.success) return { kind: 'ignored', reason: 'frame_malformed' };
  return { kind: 'accepted', hello: hello.data, publicKey: check.publicKey, serial: check.serial };
}
