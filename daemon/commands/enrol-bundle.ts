// `holdfast enrol --bundle`: makes an empty box sell at a site without a link. Everything it needs is taken from the file at
// once, the key is made here, and the first contact does the rest; until then there is no certificate.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Bundle } from '../../contract/bundle.ts';
import { createP256KeyPair, privatePem } from '../../provisioning/authority/keys.ts';
import { readAwaited, writeAwaited } from '../identity/awaiting.ts';
import { openBundle } from '../identity/bundle.ts';
import { startOf } from '../identity/enrol.ts';
import { IdentityError } from '../identity/error.ts';
import type { Owner } from '../identity/identity-folder.ts';
import type { Enrolment, Work } from '../identity/work.ts';
import { configure, finish, otherAppliance } from './enrolled.ts';

const passphraseEnvironment = 'HOLDFAST_BUNDLE_PASSPHRASE';
/** As the configuration takes it. */
const siteCharsMax = 64;

export interface BundleOptions {
  config: string;
  bundle: string;
  passphraseFile?: string;
  json?: boolean;
  start?: boolean;
}

export interface EmptyBox {
  dataFolder: string;
  work: Work<Enrolment>;
  owner: Owner;
  say(line: string): void;
  /** Who it is, where it was enrolled. */
  presentId: string | null;
}

/** May be interrupted at any moment and run again: the key that was made stays. */
export async function enrolByBundle(options: BundleOptions, box: EmptyBox): Promise<void> {
  const { dataFolder, work, owner, say } = box;
  const { bundle, slip, rootPem } = await openBundle(options.bundle, await passphraseOf(options), Date.now());
  const applianceId = slip.appliance;
  const known = box.presentId ?? readAwaited(dataFolder)?.applianceId ?? applianceId;
  if (known !== applianceId) throw otherAppliance(known, slip);
  if (box.presentId !== null) {
    const words = `this box is enrolled as ${applianceId}: it needs no bundle`;
    return finish(options, { already: true, applianceId }, words);
  }
  say(`opened the bundle of ${day(bundle.madeMs)}: this box is to be ${applianceId}, of site ${bundle.site}`);
  if (!hasKey(startOf(slip, work.read()))) {
    const keyPem = privatePem(createP256KeyPair().privateKey);
    work.write({ at: 'key_made', slip, rootPem, keyPem });
    say('made a key; it stays on this box');
  }
  const site = bundle.site.length > siteCharsMax ? null : bundle.site;
  configure(options.config, { url: bundle.centralUrl, est: slip.est, site });
  say(`wrote central's address ${bundle.centralUrl} to the configuration`);
  // Last: from this file on the service starts.
  writeAwaited(dataFolder, bundle, owner);
  say(`kept policy and catalogue; the first contact must come by ${day(bundle.expiresMs)}`);
  finish(options, resultOf(bundle), doneWords(applianceId, options.start === true));
}

function hasKey(state: Enrolment | null): boolean {
  switch (state?.at) {
    case undefined:
    case 'slip_read':
    case 'root_trusted':
    case 'done':
      return false;
    default:
      return true;
  }
}

/** @throws IdentityError bundle_passphrase_missing where nobody can be asked */
async function passphraseOf({ passphraseFile }: BundleOptions): Promise<string> {
  const given =
    passphraseFile === undefined ? process.env[passphraseEnvironment] : readPassphrase(passphraseFile);
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    throw new IdentityError(
      'bundle_passphrase_missing',
      'there is nobody to ask for the passphrase of the bundle',
      `Give it with --passphrase-file FILE or - for standard input, or in ${passphraseEnvironment}.`,
    );
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question('passphrase of the bundle: ');
  } finally {
    asking.close();
  }
}

function readPassphrase(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').slice(0, 200);
  } catch (cause) {
    const hint = 'Name a file that holds the passphrase, or - for standard input.';
    throw new IdentityError('bundle_passphrase_missing', `${path} cannot be read`, hint, cause);
  }
}

function resultOf({ slip, site, centralUrl, expiresMs }: Bundle) {
  return { awaiting: 'first_contact', applianceId: slip.appliance, site, centralUrl, expiresMs };
}

function doneWords(applianceId: string, starting: boolean): string {
  const next = starting ? '' : '\nnext: systemctl start holdfast';
  return `ready to sell offline: this box is ${applianceId}, and central certifies it at the first contact${next}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
