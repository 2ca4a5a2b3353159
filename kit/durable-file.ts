// A small file that is either the old or the new one after any loss of power, never half of each.
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes beside, syncs, renames, syncs the folder. `mode` is the file's permissions, 0600 for keys; `owner`, when it is to be
 * another's than the writer's, is set before the file has its name.
 */
export function writeDurable(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
  owner: { uid: number; gid: number } | null = null,
): void {
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = openSync(beside, 'wx', mode);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    // A umask takes from what openSync asks for: a unit's 0077 would leave others' files unreadable for them.
    fchmodSync(file, mode);
    if (owner) fchownSync(file, owner.uid, owner.gid);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/** Makes a rename, creation or removal in the folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
