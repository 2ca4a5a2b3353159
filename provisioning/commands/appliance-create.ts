// `appliance create`: a key and a certificate for one appliance, in one new folder to be carried to the box.
// The key is made here and travels with the folder: until boxes enrol by themselves, guard the way it takes.
import { ApplianceId } from '../../contract/id.ts';
import { authorityFiles, openIssuingCa } from '../authority/authority.ts';
import { certificatePem, createApplianceCertificate } from '../authority/certificates.ts';
import { createP256KeyPair, privatePem, publicPem } from '../authority/keys.ts';
import { ProvisioningError } from '../error.ts';
import { applianceFiles } from '../identity.ts';
import { assertNewFolder, openFile, secretFile, writeNewFolder } from '../new-folder.ts';
import { readPublicKeys } from '../pem-file.ts';

export interface ApplianceMade {
  applianceId: string;
  /** The certificate's serial number in lower-case hex. */
  serial: string;
  notAfterMs: number;
  /** The folder for loadApplianceIdentity. */
  folder: string;
}

/**
 * Makes the identity of one appliance with the issuing CA under `authorityFolder`; the root's key is not needed.
 * The certificate ends after `validDays`, or with the issuing CA's if that is sooner.
 * @throws ProvisioningError bad_argument; already_exists when `out` is not empty (nothing is overwritten);
 * authority_not_valid; file_… and key_… when the authority is incomplete
 */
export async function applianceCreate(options: {
  authorityFolder: string;
  applianceId: string;
  out: string;
  nowMs: number;
  validDays?: number;
}): Promise<ApplianceMade> {
  const { authorityFolder, out, nowMs, validDays = APPLIANCE_DAYS } = options;
  const applianceId = parseId(options.applianceId);
  assertDays(validDays);
  assertNewFolder(out);
  const { issuer, root } = openIssuingCa(authorityFolder, nowMs);
  const centralSigning = readPublicKeys(authorityFiles(authorityFolder).central.signingPublicKey, 'Ed25519');

  const keys = createP256KeyPair();
  const certificate = await createApplianceCertificate(keys.publicKey, applianceId, validDays, issuer, nowMs);

  const inside = applianceFiles('');
  writeNewFolder(out, [
    secretFile(inside.key, privatePem(keys.privateKey)),
    openFile(inside.certificate, certificatePem(certificate, issuer.certificate)),
    openFile(inside.ca, certificatePem(root)),
    openFile(inside.centralSigning, centralSigning.map(publicPem).join('')),
  ]);
  return {
    applianceId,
    serial: certificate.serialNumber.toLowerCase(),
    notAfterMs: certificate.validToDate.getTime(),
    folder: out,
  };
}

/** A quarter: long enough to outlive most outages, short enough that a lost box is soon nobody. */
const APPLIANCE_DAYS = 90;
const APPLIANCE_DAYS_MAX = 825;

function parseId(applianceId: string): string {
  const parsed = ApplianceId.safeParse(applianceId);
  if (parsed.success) return parsed.data;
  throw new ProvisioningError(
    'bad_argument',
    `'${applianceId}' cannot be an appliance's id`,
    'Use 1 to 63 of a-z, 0-9 and -, not beginning with -.',
  );
}

function assertDays(validDays: number): void {
  if (Number.isInteger(validDays) && validDays >= 1 && validDays <= APPLIANCE_DAYS_MAX) return;
  throw new ProvisioningError(
    'bad_argument',
    `a certificate cannot be valid for ${validDays} days`,
    `Use a whole number of days from 1 to ${APPLIANCE_DAYS_MAX}.`,
  );
}
