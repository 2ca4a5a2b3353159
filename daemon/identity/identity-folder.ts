// Where the identity lies, so that at any moment a whole one stands under one of three names:
//   identity            the one in use
//   identity.candidate  a whole one that central has accepted on a real connection, on its way in
//   identity.previous   the one before, to fall back to
// An interrupted exchange is completed by whoever looks next. Nothing here is ever half of two identities.
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { syncFolder } from '../../kit/durable-file.ts';
import { ProvisioningError } from '../../provisioning/error.ts';
import {
  type ApplianceIdentity,
  applianceFiles,
  loadApplianceIdentity,
} from '../../provisioning/identity.ts';
import { openFile, secretFile, writeNewFolder } from '../../provisioning/new-folder.ts';

export interface IdentityParts {
  keyPem: string;
  certificatePem: string;
  caPem: string;
  centralSigningPem: string;
}

/** Whose files they are to be; null leaves them with whoever writes them. */
export type Owner = { uid: number; gid: number } | null;

/** Which folders are there. */
export interface Standing {
  present: boolean;
  candidate: boolean;
  previous: boolean;
}

/** What is to be done before anybody reads: the first of the exchange's moves that is still missing. */
export function repairOf({ present, candidate, previous }: Standing): 'promote' | 'restore' | 'nothing' {
  // A candidate is written whole, and only after central accepted it: nothing but the moves can be missing.
  if (candidate) return 'promote';
  return !present && previous ? 'restore' : 'nothing';
}

/** Puts a new identity in the place of the present one; twice is as once. @throws ProvisioningError folder_unwritable */
export function placeIdentity(folder: string, parts: IdentityParts, owner: Owner): void {
  const at = foldersOf(folder);
  repairIdentity(folder);
  // An interrupted run had come this far: the previous one is another's place.
  if (certificateIn(at.present) === parts.certificatePem) return;
  const inside = applianceFiles('');
  writeNewFolder(at.candidate, [
    secretFile(inside.key, parts.keyPem),
    openFile(inside.certificate, parts.certificatePem),
    openFile(inside.ca, parts.caPem),
    openFile(inside.centralSigning, parts.centralSigningPem),
  ]);
  if (owner) give(at.candidate, owner);
  repairIdentity(folder);
}

/** Completes what was interrupted; does nothing else. Two at the same moment do no harm. */
export function repairIdentity(folder: string): void {
  const at = foldersOf(folder);
  switch (repairOf(standingOf(folder))) {
    case 'promote':
      // Only while there is one in use: else the previous one is it, or was.
      if (existsSync(at.present)) {
        rmSync(at.previous, { recursive: true, force: true });
        move(at.present, at.previous);
      }
      move(at.candidate, at.present);
      break;
    case 'restore':
      move(at.previous, at.present);
      break;
    case 'nothing':
      break;
  }
}

/**
 * The identity in use, read while nobody exchanges it.
 * @throws ProvisioningError as loadApplianceIdentity
 */
export function readIdentity(folder: string): ApplianceIdentity {
  repairIdentity(folder);
  try {
    return loadApplianceIdentity(folder);
  } catch (error) {
    // Its files may have been exchanged between two reads: then a second reading meets one identity.
    if (!(error instanceof ProvisioningError)) throw error;
    repairIdentity(folder);
    return loadApplianceIdentity(folder);
  }
}

/** The identity before this one, when it is whole and the same appliance's; null otherwise. */
export function readPreviousIdentity(folder: string, applianceId: string): ApplianceIdentity | null {
  try {
    const previous = loadApplianceIdentity(foldersOf(folder).previous);
    return previous.applianceId === applianceId ? previous : null;
  } catch {
    return null;
  }
}

/** Whether this box is somebody already. */
export function hasIdentity(folder: string): boolean {
  const { present, candidate, previous } = standingOf(folder);
  return present || candidate || previous;
}

function certificateIn(folder: string): string | null {
  const path = applianceFiles(folder).certificate;
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function standingOf(folder: string): Standing {
  const at = foldersOf(folder);
  const holds = (path: string) => existsSync(applianceFiles(path).certificate);
  return { present: holds(at.present), candidate: holds(at.candidate), previous: holds(at.previous) };
}

function foldersOf(folder: string) {
  const present = resolve(folder);
  return { present, candidate: `${present}.candidate`, previous: `${present}.previous` };
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another process made the same move first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(to)) throw error;
  }
  syncFolder(dirname(to));
}

function give(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const name of readdirSync(folder)) chownSync(join(folder, name), uid, gid);
  chownSync(folder, uid, gid);
}
