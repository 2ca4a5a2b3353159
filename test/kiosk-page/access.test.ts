// Who can use the kiosk page: everybody who sees, hears or touches little, on every screen, judged by axe and by a ruler.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { type Browser, launchBrowser, phoneScreen, tillScreen, visit } from './browser.ts';
import { barriersOn, tooSmallOn, violationsOn } from './judge.ts';
import { screens } from './screens.ts';
import { openPageShop, untilCaughtUp } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-access-'));
let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openPageShop(folder), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true });
});

const looks = [
  { words: 'a till in the light', viewport: tillScreen, colorScheme: 'light' },
  { words: 'a phone in the dark', viewport: phoneScreen, colorScheme: 'dark' },
] as const;

it.each(screens.map((screen) => [screen.words, screen] as const))(
  '%s: nobody is kept out',
  async (_, screen) => {
    const { page, close } = await visit(browser, site.applianceUrl);
    await page.locator('#scan').waitFor();
    await screen.reach(page, site);
    expect(await barriersOn(page, looks)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
    await untilCaughtUp(site);
  },
);

it('judges by rules that can fail', async () => {
  const { page, close } = await visit(browser, site.applianceUrl);
  await page.locator('#scan').waitFor();
  await page.evaluate(
    "document.querySelector('label').remove(); document.getElementById('add').style.minHeight = '20px'; document.getElementById('add').style.height = '20px'",
  );
  expect((await violationsOn(page)).join()).toMatch(/label/);
  expect(await tooSmallOn(page)).toHaveLength(1);
  await close();
});
