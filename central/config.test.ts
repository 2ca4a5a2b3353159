import { describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from './config.ts';
import { CommandError } from './errors.ts';

const least = 'dataFolder = "data"\nidentityFolder = "identity"\n';

function detailsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandError) return error.details;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs two folders and has a default for everything else', () => {
    expect(parseConfig(least, 'x')).toMatchObject({
      http: { host: '127.0.0.1', port: 8081 },
      broker: { mode: 'embedded', port: 8883 },
      pace: { windowFrames: 12 },
      log: { level: 'info' },
    });
  });

  it('takes an external broker over TLS only', () => {
    const external = (url: string) => parseConfig(`${least}[broker]\nmode = "external"\nurl = "${url}"`, 'x');
    expect(external('mqtts://broker.example:8883').broker).toMatchObject({ mode: 'external' });
    expect(detailsOf(() => external('mqtt://broker.example:1883'))).toEqual([
      expect.stringContaining('broker.url'),
    ]);
  });

  const mistakes: [string, string, string][] = [
    ['an unknown key', `${least}dataFoldr = "x"`, 'dataFoldr'],
    ['an unknown key in a section', `${least}[http]\nprot = 1`, 'http.prot'],
    ['a port that is none', `${least}[http]\nport = 70000`, 'http.port'],
    ['a window above the limit', `${least}[pace]\nwindowFrames = 17`, 'pace.windowFrames'],
    ['a missing folder', 'dataFolder = "data"', 'identityFolder'],
    ['a proxy that is a name', `${least}[http]\ntrustedProxies = ["proxy.example"]`, 'http.trustedProxies'],
    [
      'a limit for no currency',
      `${least}[reviews]\nsecondPersonAboveMinor = { pound = 1 }`,
      'reviews.second',
    ],
    ['what is no TOML', 'dataFolder =', 'TOML'],
  ];
  it.each(mistakes)('names %s', (_, text, key) => {
    expect(detailsOf(() => parseConfig(text, 'x')).join()).toContain(key);
  });

  it('says so when there is no file', () => {
    expect(() => readConfig('/nowhere/central.toml')).toThrow(
      expect.objectContaining({ code: 'config_missing' }),
    );
  });
});
