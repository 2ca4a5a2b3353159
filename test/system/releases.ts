// Two releases for the box of an image: the program that the image holds under the next name, and one that cannot work.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify as toToml } from 'smol-toml';
import { ownSchemas } from '../../daemon/store/own-schemas.ts';
import { readFromSystem } from '../../provisioning/image/disk.ts';
import type { ImageFacts, ImageFiles } from '../../provisioning/image/image-files.ts';
import { publicKeyFile } from '../../provisioning/package/minisign.ts';
import { writeRelease } from '../e2e/releases.ts';
import { frailProgram } from './frail-program.ts';

export interface SignedReleases {
  /** What a technician puts onto the setup partition, so that the box takes them. */
  setup: string;
  /** For `release add`. */
  keyFile: string;
  next: SignedRelease;
  frail: SignedRelease;
}

interface SignedRelease {
  name: string;
  folder: string;
}

/** A site waits a minute each for quiet and for proof; here everybody waits for them. */
const waits = { quietSeconds: 3, steadySeconds: 10 };

/** @param image whose own program is the next one's too @throws Error where its name is not to be found in it */
export async function makeReleases(
  folder: string,
  { files, facts }: { files: Pick<ImageFiles, 'disk'>; facts: ImageFacts },
): Promise<SignedReleases> {
  const { architecture, release } = facts;
  const { privateKey: key } = generateKeyPairSync('ed25519');
  const keyFile = join(folder, 'release.pub');
  writeFileSync(keyFile, publicKeyFile(key));
  const line = readFileSync(keyFile, 'utf8').trim().split('\n').at(-1) ?? '';
  const setup = join(folder, 'releases.toml');
  writeFileSync(setup, toToml({ releases: { folder: '/var/lib/holdfast/slots', keys: [line], ...waits } }));
  const sign = (name: string, program: Buffer): SignedRelease => {
    const made = join(folder, `release-${name}`);
    mkdirSync(made);
    writeRelease(made, { name, architecture, program, key });
    return { name, folder: made };
  };
  const packaged = join(folder, 'packaged');
  await readFromSystem(files.disk, '/usr/bin/holdfast', packaged);
  const next = nextName(release);
  const last = nextName(next);
  return {
    ...{ setup, keyFile },
    next: sign(next, renamed(readFileSync(packaged), release, next)),
    frail: sign(last, frailProgram(architecture, JSON.stringify({ release: last, schemas: ownSchemas() }))),
  };
}

/** Of the same length: the last digit that can grow does. */
export function nextName(release: string): string {
  return release.replace(/[0-8](?=[.9]*$)/, (digit) => `${Number(digit) + 1}`);
}

/** The same program by another name: what it says of itself stands once in it, as esbuild wrote package.json. */
function renamed(program: Buffer, from: string, to: string): Buffer {
  const said = (name: string) => Buffer.from(`version:"${name}"`);
  const at = program.indexOf(said(from));
  if (at < 0 || program.indexOf(said(from), at + 1) >= 0 || to === from || to.length !== from.length)
    throw new Error(`the program does not say once that it is ${from}, which could be made ${to}`);
  said(to).copy(program, at);
  return program;
}
