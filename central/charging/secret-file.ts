// Secrets of processors: read from files that only their owner may read, and never shown again, not even in an error.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';

const secretBytesMax = 4096;

/**
 * The one line of a file.
 * @param credential systemd guards its own copies: their mode shows an access list, not who may read them
 * @throws CommandError secret_unusable: missing, exposed, empty, or more than one line
 */
export function readSecret(path: string, from: 'file' | 'credential' = 'file'): string {
  const text = readOwned(path, from).replace(/\r?\n$/, '');
  if (text.length > 0 && text.length <= secretBytesMax && /^[\x21-\x7e]+$/.test(text)) return text;
  throw unusable(`${path} does not hold a secret`, 'Write the secret alone into it, on one line.');
}

/**
 * Where the secret of a processor lies that names no file: the credential named like it (LoadCredential= of its unit).
 * @throws CommandError secret_unusable when the program was not given any
 */
export function credentialPath(name: string, env: NodeJS.ProcessEnv): string {
  const folder = env.CREDENTIALS_DIRECTORY;
  if (folder) return join(folder, name);
  const hint = `Set processors.${name}.keyFile, or give the unit LoadCredential=${name}:FILE.`;
  throw unusable(`nothing says where the secret key of ${name} is`, hint);
}

function readOwned(path: string, from: 'file' | 'credential'): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const hint = 'Check its name, and that the account of this program may read it.';
    throw unusable(`${path} cannot be read`, hint, error);
  }
  try {
    // Of the file that is open, so that what is judged is what is read.
    const mode = fstatSync(file).mode & 0o777;
    if (from === 'file' && (mode & 0o077) !== 0) {
      const shown = mode.toString(8).padStart(4, '0');
      const hint = `Run: chmod 600 ${path}. If strangers can log in to this machine, replace the key at the processor.`;
      throw unusable(`${path} has mode ${shown}: others than its owner may read this secret`, hint);
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function unusable(message: string, hint: string, cause?: unknown): CommandError {
  return new CommandError('secret_unusable', message, hint, { cause });
}
