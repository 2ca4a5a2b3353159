// The key that a release is signed with: the one that is named, or one for development, which nobody should believe.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageError } from './error.ts';
import { readSigningKey } from './minisign.ts';

export interface SigningKey {
  kind: 'given' | 'development';
  key: KeyObject;
}

const developmentName = 'development-signing.key';

/**
 * @param named a file; null for the folder's own development key, which is made when it is missing
 * @throws PackageError key_unusable
 */
export function openSigningKey(named: string | null, folder: string): SigningKey {
  if (named !== null) return { kind: 'given', key: readSigningKey(read(named)) };
  const file = join(folder, developmentName);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  return { kind: 'development', key: readSigningKey(read(file)) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PackageError(
      'key_unusable',
      `${file} cannot be read`,
      'Name the file of the release key.',
      error,
    );
  }
}
