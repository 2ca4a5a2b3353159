import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { remoteKeys } from '../contract/configuration.ts';
import { mainOf } from '../provisioning/package/main-of.ts';
import { ConfigError, readConfig, readSlotsFolder } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const least = `
dataFolder = "data"
identityFolder = "/etc/holdfast/identity"
[central]
url = "mqtts://central.example:8883"
`;
let files = 0;
const write = (text: string) => {
  const path = join(folder, `${files++}.toml`);
  writeFileSync(path, text);
  return path;
};
const failure = (path: string): ConfigError => {
  try {
    readConfig(path);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return expect.fail('the configuration was taken');
};

describe('the configuration', () => {
  it('tells the launcher where the slots are, though it was written for a release that knows more', () => {
    const path = write(`${least}surprise = 1\n[releases]\nfolder = "slots"\nsurprise = 2\n`);
    expect(readSlotsFolder(path)).toBe(join(folder, 'slots'));
    expect(() => readConfig(path)).toThrow('surprise');
    expect(readSlotsFolder(write(least))).toBeNull();
    expect(readSlotsFolder(write('= no toml'))).toBeNull();
  });

  it('needs three things, and has a bound for everything else', () => {
    expect(readConfig(write(least))).toEqual({
      site: null,
      dataFolder: join(folder, 'data'),
      identityFolder: '/etc/holdfast/identity',
      http: {
        host: '127.0.0.1',
        port: 8080,
        connectionsMax: 1024,
        requestMsMax: 10_000,
        kioskAuth: 'loopback_open',
        ratePerMinute: 600,
        loopbackRatePerMinute: null,
        corsOrigins: [],
        lan: null,
      },
      central: {
        url: 'mqtts://central.example:8883',
        reconnectMsMax: 60_000,
        est: null,
        maySet: [...remoteKeys],
        keepaliveSeconds: 30,
      },
      journal: { bytesMax: 8 * 1024 ** 3, reserveBytes: 32 * 1024 ** 2, commandsWaitingMax: 4096 },
      releases: null,
      synthetic: { everyMinutes: 15 },
      tracing: { otlpUrl: null, headersFile: null },
      log: { level: 'info' },
      metrics: { addresses: [] },
    });
  });

  it('takes what it is given', () => {
    const text = `site = "leeds"\n${least}keepaliveSeconds = 60\n[http]\nport = 0\n[journal]\nbytesMax = 1048576\nreserveBytes = 0\n[log]\nlevel = "silent"\n`;
    expect(readConfig(write(text))).toMatchObject({
      site: 'leeds',
      http: { port: 0 },
      central: { keepaliveSeconds: 60 },
      journal: { bytesMax: 1_048_576, reserveBytes: 0 },
      log: { level: 'silent' },
    });
  });

  it('finds the files of http.lan from where it lies itself', () => {
    const lan = '[http.lan]\nhost = "0.0.0.0"\ncertificateFile = "tls/kiosk-tls.crt"\nkeyFile = "/etc/key"\n';
    expect(readConfig(write(`${least}\n${lan}`)).http.lan).toEqual({
      host: '0.0.0.0',
      port: 8443,
      certificateFile: join(folder, 'tls/kiosk-tls.crt'),
      keyFile: '/etc/key',
    });
  });

  it.each(['https://shop.example', 'https://shop.example:8443', 'http://localhost:5173', 'http://[::1]:1'])(
    'takes %s as an origin',
    (origin) => {
      const config = readConfig(write(`${least}\n[http]\ncorsOrigins = ["${origin}"]`));
      expect(config.http.corsOrigins).toEqual([origin]);
    },
  );

  it.each([
    '*',
    'null',
    'shop.example',
    'http://shop.example',
    'https://shop.example/',
    'https://Shop.example',
    'https://*.example',
    'https://shop.example:443',
    'https://user@shop.example',
    'ftp://localhost',
  ])('takes no %s as an origin', (origin) => {
    const { message } = failure(write(`${least}\n[http]\ncorsOrigins = ["${origin}"]`));
    expect(message).toMatch(/http\.corsOrigins\.0: use https:/);
  });

  it.each([
    ['a site without a name', `site = ""\n${least}`, 'site'],
    ['an auth nobody knows', `${least}\n[http]\nkioskAuth = "open"`, 'http.kioskAuth'],
    ['no rate at all', `${least}\n[http]\nratePerMinute = 0`, 'http.ratePerMinute'],
    ['HTTPS without a key', `${least}\n[http.lan]\nhost = "a"\ncertificateFile = "b"`, 'http.lan.keyFile'],
    ['a key nobody knows', `${least}\n[http]\nprot = 1`, 'prot'],
    ['a table nobody knows', `${least}\n[htpp]\nport = 1`, 'htpp'],
    [
      'an address of the network, where nobody proves who they are',
      `${least}\n[http]\nhost = "0.0.0.0"`,
      'http.host',
    ],
    ['a port that is none', `${least}\n[http]\nport = 65536`, 'http.port'],
    ['a text for a number', `${least}\n[http]\nport = "80"`, 'http.port'],
    ['a link without TLS', least.replace('mqtts:', 'mqtt:'), 'central.url'],
    ['a url that is none', least.replace('mqtts://central.example:8883', 'central'), 'central.url'],
    ['no central', 'dataFolder = "a"\nidentityFolder = "b"', 'central'],
    ['no data folder', least.replace(/dataFolder.*/, ''), 'dataFolder'],
    ['an empty data folder', least.replace('"data"', '""'), 'dataFolder'],
    ['a journal that holds nothing', `${least}\n[journal]\nbytesMax = 1000`, 'journal.bytesMax'],
    ['a negative reserve', `${least}\n[journal]\nreserveBytes = -1`, 'journal.reserveBytes'],
    ['a fraction', `${least}\n[journal]\ncommandsWaitingMax = 1.5`, 'journal.commandsWaitingMax'],
    ['a level that is none', `${least}\n[log]\nlevel = "loud"`, 'log.level'],
  ])('with %s is refused, and the field is named', (_, text, field) => {
    const error = failure(write(text));
    expect(error.message).toContain(field);
    expect(error).toMatchObject({ code: 'config_invalid', hint: expect.stringMatching(/./) });
  });

  it('that is no TOML, or not there, is refused with what to do', () => {
    expect(failure(write('dataFolder = ')).hint).toContain('TOML');
    expect(failure(join(folder, 'missing.toml')).hint).toContain('--config');
  });
});

describe('holdfast run', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [mainOf('holdfast'), 'run', ...args], { encoding: 'utf8' });

  it('ends with 2 and one line each of what is wrong and what to do', () => {
    const missing = run('--config', join(folder, 'missing.toml'));
    expect(missing.status).toBe(2);
    expect(missing.stderr).toMatch(/^holdfast: .*missing\.toml cannot be read\nhint: .*\n$/);
    expect(missing.stdout).toBe('');

    mkdirSync(join(folder, 'empty'), { recursive: true });
    const noIdentity = run('--config', write(least.replace('/etc/holdfast/identity', 'empty')));
    expect(noIdentity.status).toBe(2);
    expect(noIdentity.stderr).toMatch(/^holdfast: .*appliance\.key.*\nhint: .*\n$/);
  });
});
