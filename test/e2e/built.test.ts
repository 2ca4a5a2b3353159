// Both programs as they are built, without their sources: copied to a folder of their own they sell, settle and describe
// themselves as from their sources.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPages } from '../../daemon/pages/assets.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { bundle } from '../../provisioning/package/bundle.ts';
import { programs } from '../../provisioning/package/programs.ts';
import { readSettledBooks } from '../../trial/books.ts';
import { compareBooks } from '../../trial/compare.ts';
import { onNode } from '../../trial/program.ts';
import type { Site } from '../../trial/site.ts';
import { newFolder, openShop, sell } from './shop.ts';

const folder = newFolder();
const built = { appliance: '', central: '' };
let site: Site;

beforeAll(async () => {
  const mains = await Promise.all(programs.map((program) => bundle(program, join(folder, program.name))));
  Object.assign(built, { appliance: mains[0], central: mains[1] });
  site = await openShop(join(folder, 'site'), {
    programs: { appliance: onNode(built.appliance), central: onNode(built.central) },
  });
});
afterAll(async () => {
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the built programs', () => {
  it('sell, and central has all of it', async () => {
    await sell(site, 50, 3);
    const books = compareBooks(await readSettledBooks(site));
    expect(books).toMatchObject({ entries: 50, duplicates: 0, missing: 0, differences: [] });
  });

  it('tell their version and help as from their sources', () => {
    const say = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
    expect(say(built.appliance, '--version')).toBe(packageJson.version);
    expect(say(built.appliance, 'kiosk', 'pair', '--help')).toContain('till-3');
    expect(say(built.central, 'policy', 'schema')).toContain('"$schema"');
  });

  it('serve the description of their interface', async () => {
    const answer = await fetch(`${site.applianceUrl}/openapi.json`);
    expect(((await answer.json()) as { openapi: string }).openapi).toBe('3.1.1');
  });

  it('serve the kiosk page, file by file as it is made from the sources', async () => {
    for (const [path, { body, type }] of readPages()) {
      const answer = await fetch(site.applianceUrl + path);
      expect(answer.headers.get('Content-Type'), path).toBe(type);
      expect(await answer.text(), path).toBe(body);
    }
  });

  it('say nothing in their logs that is not a line of theirs', () => {
    for (const { logFile } of [site.appliance, site.central]) {
      const lines = readFileSync(logFile, 'utf8').trim().split('\n');
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    }
  });

  it('bring no test and only the addon of this machine along', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.test.ts'))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.node'))).toHaveLength(programs.length);
  });
});
