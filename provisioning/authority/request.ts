// A certificate request (PKCS #10, RFC 2986) from a box, judged: what it proves, and that it asks for nothing else.
// Of a request that passes only the public key is used; no name, time or extension of it ever reaches a certificate.
import 'reflect-metadata';
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import {
  ChallengePasswordAttribute,
  ExtensionsAttribute,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { applianceUri } from '../../contract/id.ts';
import { derValueLength } from './der.ts';

export type RequestFault =
  | 'request_malformed'
  | 'request_key_refused'
  | 'request_proof_wrong'
  | 'request_subject_refused'
  | 'request_names_refused'
  | 'request_extension_refused';

export type JudgedRequest =
  | { ok: true; publicKey: KeyObject }
  | { ok: false; fault: RequestFault; words: string };

/** One key, one id and perhaps one URI: a request of ours has 300 bytes. */
const requestBytesMax = 4096;

/**
 * Judges a request for the appliance: a P-256 key that signed it, no subject but `CN = id`, no name but the appliance's
 * own URI, no further extension. A challengePassword is allowed and not looked at (RFC 7030 §3.5).
 */
export async function judgeRequest(der: Uint8Array, applianceId: string): Promise<JudgedRequest> {
  const request = parse(der);
  if (!request) return no('request_malformed', 'this is no PKCS #10 request in DER');
  const publicKey = keyOf(request);
  if (!publicKey) return no('request_key_refused', 'use a key on the curve P-256');
  const { name, hash } = request.signatureAlgorithm as { name?: string; hash?: { name?: string } };
  if (name !== 'ECDSA' || hash?.name !== 'SHA-256') {
    return no('request_key_refused', 'sign the request with ECDSA and SHA-256');
  }
  if (!(await proves(request))) {
    return no('request_proof_wrong', 'the request is not signed by the key in it');
  }
  const subject = request.subjectName.toJSON();
  if (!isOwnSubject(subject, applianceId)) {
    return no('request_subject_refused', `leave the subject empty, or let it be CN=${applianceId}`);
  }
  return judgeAttributes(request, applianceId) ?? { ok: true, publicKey };
}

function judgeAttributes(request: Pkcs10CertificateRequest, applianceId: string): JudgedRequest | null {
  for (const attribute of request.attributes) {
    if (attribute instanceof ChallengePasswordAttribute) continue;
    if (!(attribute instanceof ExtensionsAttribute)) {
      return no('request_extension_refused', `leave the attribute ${attribute.type} out`);
    }
    for (const extension of attribute.items) {
      if (!(extension instanceof SubjectAlternativeNameExtension)) {
        return no('request_extension_refused', `leave the extension ${extension.type} out`);
      }
      const names = extension.names.toJSON();
      const [only] = names;
      if (names.length !== 1 || only?.type !== 'url' || only.value !== applianceUri(applianceId)) {
        return no('request_names_refused', `ask for no name but ${applianceUri(applianceId)}`);
      }
    }
  }
  return null;
}

/** A whole request and nothing after it. */
function parse(der: Uint8Array): Pkcs10CertificateRequest | null {
  // The library passes over what follows.
  if (der.length > requestBytesMax || derValueLength(der) !== der.length) return null;
  try {
    const request = new Pkcs10CertificateRequest(new Uint8Array(der));
    // Everything that is looked at later is parsed now: a broken part must not throw there.
    void [request.attributes, request.subjectName, request.signatureAlgorithm, request.publicKey];
    return request;
  } catch {
    return null;
  }
}

function keyOf(request: Pkcs10CertificateRequest): KeyObject | null {
  try {
    const der = Buffer.from(request.publicKey.rawData);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

async function proves(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify(webcrypto as Parameters<typeof request.verify>[0]);
  } catch {
    return false;
  }
}

function isOwnSubject(subject: readonly Record<string, string[]>[], applianceId: string): boolean {
  if (subject.length === 0) return true;
  const [only] = subject;
  if (subject.length > 1 || only === undefined) return false;
  const values = Object.entries(only);
  return values.length === 1 && values[0]?.[0] === 'CN' && values[0][1].join('\n') === applianceId;
}

function no(fault: RequestFault, words: string): JudgedRequest {
  return { ok: false, fault, words };
}
