import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sign } from '../kit/signature.ts';
import { applianceCreate } from './commands/appliance-create.ts';
import { authorityInit } from './commands/authority-init.ts';
import { ProvisioningError } from './error.ts';
import { loadApplianceIdentity, loadCentralIdentity } from './identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-identity-'));
const made = join(folder, 'made');
const central = join(folder, 'central');
const appliance = join(folder, 'appliance');

beforeAll(async () => {
  const nowMs = Date.now();
  for (const name of ['own', 'other']) {
    const authorityFolder = join(made, name);
    await authorityInit({ folder: authorityFolder, centralHosts: ['localhost'], nowMs });
    await applianceCreate({ authorityFolder, applianceId: 'shop-1', out: join(made, `${name}-shop`), nowMs });
  }
});

beforeEach(() => {
  for (const [from, to] of [
    [join(made, 'own', 'central'), central],
    [join(made, 'own-shop'), appliance],
  ] as const) {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What loading throws, which must be of the one kind and must name `path` in its message. */
function refusal(load: () => unknown, path: string): string {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    expect(error.message).toContain(path);
    expect(error.hint).not.toBe('');
    return error.code;
  }
  return 'nothing was refused';
}

describe('a whole identity', () => {
  it("gives an appliance its id, chain, root and central's signing key", () => {
    const loaded = loadApplianceIdentity(appliance);
    expect(loaded.applianceId).toBe('shop-1');
    expect(loaded.certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(loaded.caPem).toBe(readFileSync(join(made, 'own', 'root', 'root.crt'), 'utf8'));
    expect(loaded.centralSigningKeys).toHaveLength(1);
  });

  it('lets an appliance verify what central signed', () => {
    const bytes = Buffer.from('receipt');
    const signature = sign(loadCentralIdentity(central).signingKey, bytes);
    const [key] = loadApplianceIdentity(appliance).centralSigningKeys;
    expect(key && verify(null, bytes, key, signature)).toBe(true);
  });

  it('takes several signing keys, in their order, while central changes its own', () => {
    const next = loadCentralIdentity(join(made, 'other', 'central')).signingPublicKey;
    appendFileSync(join(appliance, 'central-signing.pem'), next.export({ format: 'pem', type: 'spki' }));
    const keys = loadApplianceIdentity(appliance).centralSigningKeys;
    expect(keys).toHaveLength(2);
    expect(keys[1]?.equals(next)).toBe(true);
  });

  it('may be readable by its owner only, as a supervisor hands it over', () => {
    chmodSync(join(appliance, 'appliance.key'), 0o400);
    expect(loadApplianceIdentity(appliance).applianceId).toBe('shop-1');
  });
});

describe.each([
  {
    program: 'central',
    load: () => loadCentralIdentity(central),
    in: central,
    files: ['server.key', 'server.crt', 'ca.crt', 'signing.key', 'signing.pem'],
  },
  {
    program: 'an appliance',
    load: () => loadApplianceIdentity(appliance),
    in: appliance,
    files: ['appliance.key', 'appliance.crt', 'ca.crt', 'central-signing.pem'],
  },
])('$program', ({ load, files, in: at }) => {
  it.each(files)('says that %s is missing', (name) => {
    rmSync(join(at, name));
    expect(refusal(load, join(at, name))).toBe('file_missing');
  });

  it.each(files)('says that %s is not what it should be, and shows nothing of it', (name) => {
    const secret = 'correct horse battery staple';
    for (const content of [
      '',
      secret,
      `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`,
    ]) {
      writeFileSync(join(at, name), content);
      expect(refusal(load, join(at, name))).toBe('file_malformed');
      expect(load).not.toThrow(secret);
    }
  });

  it.each(files)('says that %s cannot be read', (name) => {
    rmSync(join(at, name));
    mkdirSync(join(at, name), { mode: 0o700 });
    expect(refusal(load, join(at, name))).toBe('file_unreadable');
  });

  it.each(files.filter((name) => name.endsWith('.key')))('refuses %s when others may read it', (name) => {
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(join(at, name), mode);
      expect(refusal(load, join(at, name))).toBe('key_exposed');
    }
    expect(load).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(`chmod 600 ${join(at, name)}`) }),
    );
  });

  it('says so when the whole folder is missing', () => {
    rmSync(at, { recursive: true });
    expect(refusal(load, at)).toBe('file_missing');
  });
});

describe('files that do not belong together', () => {
  it.each([
    ['server.key', central, () => loadCentralIdentity(central), 'other/central'],
    ['server.crt', central, () => loadCentralIdentity(central), 'other/central'],
    ['signing.key', central, () => loadCentralIdentity(central), 'other/central'],
    ['signing.pem', central, () => loadCentralIdentity(central), 'other/central'],
    ['appliance.key', appliance, () => loadApplianceIdentity(appliance), 'other-shop'],
    ['appliance.crt', appliance, () => loadApplianceIdentity(appliance), 'other-shop'],
  ])('are refused when %s is of another identity', (name, at, load, other) => {
    copyFileSync(join(made, other, name), join(at, name));
    expect(refusal(load, join(at, name))).toBe('key_mismatch');
  });

  it("are refused when an appliance is given central's certificate and key", () => {
    copyFileSync(join(central, 'server.crt'), join(appliance, 'appliance.crt'));
    copyFileSync(join(central, 'server.key'), join(appliance, 'appliance.key'));
    expect(refusal(() => loadApplianceIdentity(appliance), 'appliance.crt')).toBe('file_malformed');
  });

  it('are refused when central is given a root without its issuing CA', () => {
    copyFileSync(join(made, 'own', 'root', 'root.crt'), join(central, 'ca.crt'));
    expect(refusal(() => loadCentralIdentity(central), join(central, 'ca.crt'))).toBe('file_malformed');
  });

  it.each([
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey],
    ['another kind', () => generateKeyPairSync('ed25519').privateKey],
  ])('are refused when the key is of %s', (_, make) => {
    writeFileSync(join(appliance, 'appliance.key'), make().export({ format: 'pem', type: 'pkcs8' }));
    expect(refusal(() => loadApplianceIdentity(appliance), 'appliance.key')).toBe('file_malformed');
  });

  it('are refused when the key wants a passphrase that nobody is there to type', () => {
    const path = join(appliance, 'appliance.key');
    const locked = createPrivateKey(readFileSync(path)).export({
      format: 'pem',
      type: 'pkcs8',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    });
    writeFileSync(path, locked);
    expect(refusal(() => loadApplianceIdentity(appliance), basename(path))).toBe('file_malformed');
  });
});
