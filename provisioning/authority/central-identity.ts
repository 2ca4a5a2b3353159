// Central's own identity as its files: server key and chain, whom it trusts, and the key that signs receipts and the feed.
import type { X509Certificate } from 'node:crypto';
import type { centralFiles } from '../identity.ts';
import { type NewFile, openFile, secretFile } from '../new-folder.ts';
import { certificatePem, createServerCertificate } from './certificates.ts';
import { createEd25519KeyPair, createP256KeyPair, privatePem, publicPem } from './keys.ts';
import type { Issuer } from './sign-certificate.ts';

/** @param at where each file goes, within the new folder */
export async function centralIdentityFiles(
  at: ReturnType<typeof centralFiles>,
  parts: { hosts: readonly string[]; issuer: Issuer; root: X509Certificate; nowMs: number },
): Promise<{ files: NewFile[]; server: X509Certificate }> {
  const { hosts, issuer, root, nowMs } = parts;
  const serverKeys = createP256KeyPair();
  const server = await createServerCertificate(serverKeys.publicKey, hosts, issuer, nowMs);
  const signingKeys = createEd25519KeyPair();
  const files = [
    secretFile(at.serverKey, privatePem(serverKeys.privateKey)),
    openFile(at.serverCertificate, certificatePem(server, issuer.certificate)),
    openFile(at.ca, certificatePem(root, issuer.certificate)),
    secretFile(at.signingKey, privatePem(signingKeys.privateKey)),
    openFile(at.signingPublicKey, publicPem(signingKeys.publicKey)),
  ];
  return { files, server };
}
