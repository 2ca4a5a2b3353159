// Opens a sealed bundle, and says what is wrong with one that does not open.
import type { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Bundle, bundleLimits } from '../../contract/bundle.ts';
import { unseal } from '../../kit/sealed-file.ts';
import { decompress } from '../../kit/zstd.ts';
import { parseCertificates } from '../../provisioning/pem-file.ts';
import { IdentityError } from './error.ts';
import { checkSlip, plainCode, type Slip } from './slip.ts';

export interface Opened {
  bundle: Bundle;
  slip: Slip;
  /** The root of the slip, PEM. */
  rootPem: string;
}

const another = 'Copy it anew from where it was made, or have central make another.';

/**
 * @param nowMs this box's clock
 * @throws IdentityError bundle_missing, bundle_malformed, bundle_sealed, bundle_expired
 */
export async function openBundle(path: string, passphrase: string, nowMs: number): Promise<Opened> {
  const unsealed = await unseal(readBundle(path), plainCode(passphrase));
  switch (unsealed.kind) {
    case 'not_sealed':
      throw new IdentityError('bundle_malformed', `${path} is no bundle, or not whole`, another);
    case 'newer':
      throw new IdentityError('bundle_malformed', `a later release made ${path}`, 'Update this box first.');
    case 'refused':
      throw new IdentityError(
        'bundle_sealed',
        'the passphrase does not open it, or the file was changed',
        `Compare with the paper: letters and digits in four groups. If it is right: ${another}`,
      );
    case 'opened':
      return checked(path, await parsed(path, unsealed.bytes), nowMs);
  }
}

async function parsed(path: string, bytes: Buffer): Promise<Bundle> {
  const text = await decompress(bytes, bundleLimits.bytesMax);
  const bundle = Bundle.safeParse(text && JSON.parse(text.toString()));
  if (bundle.success) return bundle.data;
  throw new IdentityError('bundle_malformed', `what ${path} holds is not for this release`, another);
}

function checked(path: string, bundle: Bundle, nowMs: number): Opened {
  // Behind, a clock says nothing of the bundle; ahead, only a person can tell it from a bundle that is too old.
  if (nowMs > bundle.expiresMs) {
    const until = new Date(bundle.expiresMs).toISOString().slice(0, 10);
    throw new IdentityError(
      'bundle_expired',
      `by this box's clock the bundle ran out on ${until}`,
      'If the clock is wrong, set it (timedatectl set-time) and run it again; else have central make another bundle.',
    );
  }
  const slip = checkSlip(bundle.slip);
  const root = parseCertificates(bundle.ca).find((one) => sha256Of(one) === slip.root);
  if (!root) throw new IdentityError('bundle_malformed', `${path} lacks the root of its slip`, another);
  return { bundle, slip, rootPem: root.toString() };
}

function readBundle(path: string): Buffer {
  try {
    if (statSync(path).size <= bundleLimits.sealedBytesMax) return readFileSync(path);
  } catch (cause) {
    const hint = 'Look whether the stick is in and mounted; nothing was changed.';
    throw new IdentityError('bundle_missing', `${path} cannot be read`, hint, cause);
  }
  throw new IdentityError('bundle_malformed', `${path} is larger than any bundle`, another);
}

function sha256Of(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
