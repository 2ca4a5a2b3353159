import { describe, expect, it } from 'vitest';
import { packagesInside } from './packages-inside.ts';

const lock = {
  packages: {
    'node_modules/koa': { version: '3.3.0', license: 'MIT', dependencies: { ms: '^2', '@x/y': '^1' } },
    'node_modules/koa/node_modules/ms': { version: '2.0.0', integrity: 'sha512-AQI=' },
    'node_modules/ms': { version: '1.0.0', integrity: 'sha1-AQI=' },
    'node_modules/@x/y': { version: '1.1.0', dependencies: { ms: '^1', unused: '^1' } },
    'node_modules/unused': { version: '1.0.0' },
  },
};

describe('the packages inside an executable', () => {
  it('are those whose files are in it, each once, with what the lock file knows', () => {
    const sources = [
      'daemon/main.ts',
      'node_modules/koa/lib/application.js',
      'node_modules/koa/lib/context.js',
      'node_modules/koa/node_modules/ms/index.js',
      'node_modules/ms/index.js',
      'node_modules/@x/y/node.js',
    ];
    expect(packagesInside(sources, lock)).toEqual([
      { name: '@x/y', version: '1.1.0', license: null, sha512: null, dependsOn: [3] },
      { name: 'koa', version: '3.3.0', license: 'MIT', sha512: null, dependsOn: [2, 0] },
      { name: 'ms', version: '2.0.0', license: null, sha512: '0102', dependsOn: [] },
      { name: 'ms', version: '1.0.0', license: null, sha512: null, dependsOn: [] },
    ]);
  });

  it('must all be in the lock file', () => {
    expect(() => packagesInside(['node_modules/other/index.js'], lock)).toThrow('no node_modules/other');
  });
});
