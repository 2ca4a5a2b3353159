// A box that sells before it has met central: it has a key, a name and whom to trust, and no certificate yet. What a sealed
// bundle gave it lies in one small file beside the enrolment under way, until the first contact.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { Bundle } from '../../contract/bundle.ts';
import { syncFolder, writeDurable } from '../../kit/durable-file.ts';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import { IdentityError } from './error.ts';
import { hasIdentity, type Owner, readIdentity } from './identity-folder.ts';
import { workFiles } from './work.ts';

const Awaiting = z.object({
  v: z.literal(1),
  applianceId: z.string(),
  madeMs: z.int(),
  expiresMs: z.int(),
  centralSigning: z.string(),
  feed: Bundle.shape.feed,
});

export interface Awaited {
  applianceId: string;
  /** When central made the bundle: a moment that has surely come. */
  madeMs: number;
  /** The code's end. */
  expiresMs: number;
  centralSigningKeys: KeyObject[];
  /** Frames of the feed as they would have come. */
  feed: Buffer[];
}

/** Who this box is: enrolled, or by a bundle alone. */
export type Who =
  | { kind: 'enrolled'; applianceId: string; identity: ApplianceIdentity }
  | { kind: 'awaiting_first_contact'; applianceId: string; awaited: Awaited };

/** @throws ProvisioningError as readIdentity, for a box that is neither */
export function readWho(folders: { identityFolder: string; dataFolder: string }): Who {
  const awaited = hasIdentity(folders.identityFolder) ? null : readAwaited(folders.dataFolder);
  if (awaited) return { kind: 'awaiting_first_contact', applianceId: awaited.applianceId, awaited };
  const identity = readIdentity(folders.identityFolder);
  return { kind: 'enrolled', applianceId: identity.applianceId, identity };
}

/** Null where no bundle was opened. @throws IdentityError bundle_malformed: what cannot be read must not pass for none */
export function readAwaited(dataFolder: string): Awaited | null {
  const path = workFiles(dataFolder).awaiting;
  if (!existsSync(path)) return null;
  const { centralSigning, feed, ...rest } = parsed(path);
  return {
    ...rest,
    centralSigningKeys: [createPublicKey(centralSigning)],
    feed: feed.map((frame) => Buffer.from(frame, 'base64')),
  };
}

function parsed(path: string): z.infer<typeof Awaiting> {
  try {
    return Awaiting.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const hint = 'Open the bundle again with holdfast enrol --bundle; the journal and the key stay.';
    throw new IdentityError('bundle_malformed', `${path} cannot be read`, hint, cause);
  }
}

export function writeAwaited(dataFolder: string, bundle: Bundle, owner: Owner): void {
  const path = workFiles(dataFolder).awaiting;
  const { slip, madeMs, expiresMs, centralSigning, feed } = bundle;
  const kept: z.infer<typeof Awaiting> = {
    v: 1,
    applianceId: slip.appliance,
    madeMs,
    expiresMs,
    centralSigning,
    feed,
  };
  const folder = dirname(path);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (owner) chownSync(folder, owner.uid, owner.gid);
    syncFolder(dirname(folder));
  }
  writeDurable(path, `${JSON.stringify(kept)}\n`, 0o600, owner);
}

/** The box is enrolled: what it was before is of no use. */
export function forgetAwaited(dataFolder: string): void {
  const path = workFiles(dataFolder).awaiting;
  if (!existsSync(path)) return;
  rmSync(path);
  syncFolder(dirname(path));
}
