// Small real releases for tests: the system's shell as an executable, which runs the file `run` or `version` of the folder it
// is started in, as the program of a box runs its command. What it is stands behind its last byte, so that each differs.
import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownSchemas } from '../../daemon/store/own-schemas.ts';
import { publicKeyFile, signatureFile } from '../../provisioning/package/minisign.ts';
import { type Architecture, executableName } from '../../provisioning/release-list.ts';

const root = resolve(import.meta.dirname, '..', '..');
const main = join(root, 'daemon', 'main.ts');

/** `refuses`: it runs, and by a slip of its own takes no request of more than one byte. */
export type Conduct = 'sells' | 'crashes' | 'refuses';

/** What is not as it should be. */
export interface Bent {
  signedBy?: KeyObject;
  /** It is for another processor, whatever its name says. */
  otherMachine?: boolean;
}

export interface Releases {
  /** The line that begins with RW. */
  key: string;
  keyFile: string;
  /** Signs one and answers its folder, for `release add`. */
  make(name: string, conduct: Conduct, bent?: Bent): string;
}

export function openReleases(folder: string): Releases {
  const { privateKey } = generateKeyPairSync('ed25519');
  const keyFile = join(folder, 'release.pub');
  writeFileSync(keyFile, publicKeyFile(privateKey));
  return {
    key: readFileSync(keyFile, 'utf8').trim().split('\n').at(-1) ?? '',
    keyFile,
    make(name, conduct, { signedBy = privateKey, otherMachine = false } = {}) {
      const made = join(folder, `release-${name}`);
      mkdirSync(made);
      const program = Buffer.concat([
        readFileSync(realpathSync('/bin/sh')),
        Buffer.from(`\n${name} ${conduct}\n`),
      ]);
      // e_machine of the ELF header: EM_AARCH64 or EM_X86_64.
      if (otherMachine) program.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
      const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
      writeRelease(made, { name, architecture, program, key: signedBy });
      return made;
    },
  };
}

/** As `npm run package` leaves one, into a folder that is there. */
export function writeRelease(
  folder: string,
  {
    name,
    architecture,
    program,
    key,
  }: { name: string; architecture: Architecture; program: Buffer; key: KeyObject },
): void {
  const file = executableName(architecture);
  writeFileSync(join(folder, file), program);
  const sums = `${hash('sha256', program)}  ${file}\n`;
  writeFileSync(join(folder, 'SHA256SUMS'), sums);
  const comment = `holdfast ${name}, commit 0123456789abcdef0123456789abcdef01234567`;
  writeFileSync(join(folder, 'SHA256SUMS.minisig'), signatureFile(key, Buffer.from(sums), comment));
}

/** What those executables find in the folder in which a box runs. */
export function writeCommands(folder: string): void {
  const own = 'set -- $(tail -n 1 /proc/$$/exe)\n';
  // The same sources under another name: package.json, and a slip in one of them, are all in which the releases differ.
  writeFileSync(
    join(folder, 'renamed.mjs'),
    `import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    if (url === ${JSON.stringify(`file://${root}/contract/limits.ts`)} && process.env.CONDUCT === 'refuses') {
      const loaded = next(url, context);
      const source = String(loaded.source).replace('requestBytesMax: 64 * 1024', 'requestBytesMax: 1');
      return { ...loaded, source };
    }
    if (url !== ${JSON.stringify(`file://${root}/package.json`)}) return next(url, context);
    const source = JSON.stringify({ version: process.env.RELEASE });
    return { format: 'json', source, shortCircuit: true };
  },
});
`,
  );
  writeFileSync(join(folder, 'schemas.json'), JSON.stringify(ownSchemas()));
  writeFileSync(
    join(folder, 'run'),
    `config=$2\n${own}[ "$2" = crashes ] && exit 1
RELEASE=$1 CONDUCT=$2 exec ${process.execPath} --import ${join(folder, 'renamed.mjs')} ${main} run --config "$config"\n`,
  );
  writeFileSync(
    join(folder, 'version'),
    `${own}echo "{\\"release\\":\\"$1\\",\\"schemas\\":$(cat ${join(folder, 'schemas.json')})}"\n`,
  );
  chmodSync(join(folder, 'run'), 0o700);
}
