// SHA256SUMS of a release's folder, with a signature over it: every file of one release that was made so far, whichever run
// made it. Packages and images are added by the same function as executables.
import { hash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { publicKeyFile, signatureFile } from './minisign.ts';
import type { SigningKey } from './signing-key.ts';

const sumsName = 'SHA256SUMS';
const signatureName = `${sumsName}.minisig`;
const publicKeyName = 'holdfast-signing.pub';

/** Who signs, and what for. */
export interface Signer {
  key: SigningKey;
  commit: string;
}

export interface Summed {
  /** Every file named in it now, in its order. */
  named: string[];
  /** Its own file, the signature and the public key. */
  own: string[];
}

/**
 * Names the files, and goes on naming those that were named before: of the same commit, signed with the same key, and with
 * the sum they have still. What it cannot vouch for falls out.
 * @param fresh by their names in the folder
 */
export function addToSums(folder: string, fresh: readonly string[], signer: Signer): Summed {
  const { key } = signer;
  const comment = commentOf(signer);
  const sums = new Map(vouchedFor(folder, signer));
  for (const name of fresh) sums.set(name, sumOf(join(folder, name)));
  const named = [...sums.keys()].sort();
  const text = named.map((name) => `${sums.get(name)}  ${name}\n`).join('');
  writeFileSync(join(folder, sumsName), text);
  writeFileSync(join(folder, signatureName), signatureFile(key.key, Buffer.from(text), comment));
  writeFileSync(join(folder, publicKeyName), publicKeyFile(key.key));
  return { named, own: [sumsName, signatureName, publicKeyName] };
}

/** Whether the file is there as it was when it was named, by the same signer. */
export function isVouchedFor(folder: string, name: string, signer: Signer): boolean {
  return vouchedFor(folder, signer).some(([named]) => named === name);
}

/** The same key signs the same words with the same bytes: that alone says who signed them, and of which commit they are. */
function vouchedFor(folder: string, signer: Signer): [name: string, sum: string][] {
  const [sums, signature] = [sumsName, signatureName].map((name) => join(folder, name));
  if (!sums || !signature || !existsSync(sums) || !existsSync(signature)) return [];
  const text = readFileSync(sums, 'utf8');
  if (readFileSync(signature, 'utf8') !== signatureFile(signer.key.key, Buffer.from(text), commentOf(signer)))
    return [];
  return text
    .trimEnd()
    .split('\n')
    .map((line): [string, string] => [line.slice(66), line.slice(0, 64)])
    .filter(([name, sum]) => existsSync(join(folder, name)) && sumOf(join(folder, name)) === sum);
}

function commentOf({ commit }: Signer): string {
  return `holdfast ${packageJson.version}, commit ${commit}`;
}

export function sumOf(file: string): string {
  return hash('sha256', readFileSync(file));
}
