// The five certificates there are: root, issuing CA, central's server, appliance, an appliance's server for kiosks. Profiles after RFC 5280.
import 'reflect-metadata';
import { type KeyObject, randomBytes, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { applianceUri } from '../../contract/id.ts';
import type { KeyPair } from './keys.ts';
import { type Issuer, signCertificate } from './sign-certificate.ts';

const DAY_MS = 86_400_000;

/**
 * How far back notBefore lies. A box takes the wall clock as it finds it: one that reads local time as UTC is up to
 * 14 hours behind, and must accept central, and be accepted, on the day it is made.
 */
export const CLOCK_TOLERANCE_MS = DAY_MS;

const ROOT_DAYS = 20 * 365;
const ISSUING_DAYS = 5 * 365;
/** With the tolerance 398 days: the most that some TLS clients accept of any server. */
const SERVER_DAYS = 397;

/** The trust anchor: signs issuing CAs and nothing else. Its key is kept offline. */
export function createRootCertificate(root: KeyPair, nowMs: number) {
  return signCertificate({
    commonName: named('Holdfast root CA'),
    publicKey: root.publicKey,
    issuer: { privateKey: root.privateKey, certificate: 'self' },
    // One CA below it, which signs leaves only (RFC 5280 §4.2.1.9).
    extensions: authorityExtensions(1),
    notBeforeMs: nowMs - CLOCK_TOLERANCE_MS,
    notAfterMs: nowMs + ROOT_DAYS * DAY_MS,
  });
}

/** The CA at central that signs servers and appliances: pathlen 0, so no CA can come from it. */
export function createIssuingCertificate(publicKey: KeyObject, issuer: Issuer, nowMs: number) {
  return signCertificate({
    commonName: named('Holdfast issuing CA'),
    publicKey,
    issuer,
    extensions: authorityExtensions(0),
    notBeforeMs: nowMs - CLOCK_TOLERANCE_MS,
    notAfterMs: nowMs + ISSUING_DAYS * DAY_MS,
  });
}

/** Central's own: server to appliances, and client to an external broker. `hosts` are DNS names or IP addresses. */
export function createServerCertificate(
  publicKey: KeyObject,
  hosts: readonly string[],
  issuer: Issuer,
  nowMs: number,
) {
  return signCertificate({
    commonName: 'Holdfast central',
    publicKey,
    issuer,
    extensions: leafExtensions([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth], hostNames(hosts)),
    notBeforeMs: nowMs - CLOCK_TOLERANCE_MS,
    notAfterMs: nowMs + SERVER_DAYS * DAY_MS,
  });
}

/** By which kiosks know an appliance on their network: server only, so that it is nobody to central's broker. */
export function createKioskServerCertificate(
  publicKey: KeyObject,
  hosts: readonly string[],
  issuer: Issuer,
  nowMs: number,
) {
  return signCertificate({
    commonName: 'Holdfast appliance for kiosks',
    publicKey,
    issuer,
    extensions: leafExtensions([ExtendedKeyUsage.serverAuth], hostNames(hosts)),
    notBeforeMs: nowMs - CLOCK_TOLERANCE_MS,
    notAfterMs: nowMs + SERVER_DAYS * DAY_MS,
  });
}

/**
 * An appliance's: client only, and one name only. The common name repeats the id because external brokers make a
 * user name of it; we ourselves read the URI alone.
 */
export function createApplianceCertificate(
  publicKey: KeyObject,
  applianceId: string,
  validDays: number,
  issuer: Issuer,
  nowMs: number,
) {
  return signCertificate({
    commonName: applianceId,
    publicKey,
    issuer,
    extensions: leafExtensions(
      [ExtendedKeyUsage.clientAuth],
      [{ type: 'url', value: applianceUri(applianceId) }],
    ),
    notBeforeMs: nowMs - CLOCK_TOLERANCE_MS,
    notAfterMs: nowMs + validDays * DAY_MS,
  });
}

/** The certificates one after the other, as TLS wants a chain: each signed by the next (RFC 8446 §4.4.2). */
export function certificatePem(...certificates: X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join('');
}

function authorityExtensions(pathLength: number): Extension[] {
  return [
    // Critical in a CA (RFC 5280 §4.2.1.9 and §4.2.1.3).
    new BasicConstraintsExtension(true, pathLength, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
}

function hostNames(hosts: readonly string[]): JsonGeneralName[] {
  return hosts.map((host) => ({ type: isIP(host) ? 'ip' : 'dns', value: host }));
}

function leafExtensions(purposes: ExtendedKeyUsage[], names: JsonGeneralName[]): Extension[] {
  return [
    // An empty sequence on the wire: "not a CA" is the default, said aloud.
    new BasicConstraintsExtension(false, undefined, true),
    // TLS 1.3 and ECDHE only ever sign with this key.
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(purposes, false),
    // Not critical, because the subject is not empty (RFC 5280 §4.2.1.6).
    new SubjectAlternativeNameExtension(names, false),
  ];
}

/** Two authorities (a test fleet's, last year's) must be told apart by eye and by name. */
function named(title: string): string {
  return `${title} ${randomBytes(4).toString('hex')}`;
}
