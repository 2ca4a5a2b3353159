// Who may ask a running daemon for a synthetic checkout: whoever may read the box's data folder. A kiosk may not.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BoxKey {
  fits(token: string): boolean;
  /** Nobody can be asked any more. */
  remove(): void;
}

const path = (folder: string) => join(folder, 'box.key');

/** Another one with every start; for the folder's owner alone. */
export function makeBoxKey(folder: string): BoxKey {
  const key = randomBytes(32).toString('base64url');
  try {
    rmSync(path(folder), { force: true });
    writeFileSync(path(folder), key, { mode: 0o600 });
  } catch {
    // A full disk: kiosks are answered all the same, and nobody can read a key that nobody has.
  }
  const bytes = Buffer.from(key);
  return {
    fits(token) {
      const given = Buffer.from(token);
      return given.length === bytes.length && timingSafeEqual(given, bytes);
    },
    remove: () => rmSync(path(folder), { force: true }),
  };
}

/** Null: the daemon does not run, or this account may not read it. */
export function readBoxKey(folder: string): string | null {
  try {
    return readFileSync(path(folder), 'utf8');
  } catch {
    return null;
  }
}
