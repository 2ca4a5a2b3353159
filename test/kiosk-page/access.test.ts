// Who can use the kiosk page: everybody who sees, hears or touches little, on every screen, judged by axe and by a ruler.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { type Browser, launchBrowser, type Page, phoneScreen, tillScreen, visit } from './browser.ts';
import { screens } from './screens.ts';
import { openPageShop, untilCaughtUp } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-access-'));
const touchPxMin = 48;
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

/** What axe finds against WCAG 2.2 A and AA and good practice, as one line each. */
async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = (await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(tags)} })`,
  )) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Buttons and fields too small for a finger. */
async function tooSmallOn(page: Page): Promise<string[]> {
  const small: string[] = [];
  for (const control of await page.locator('button:visible, input:visible').all()) {
    const { width = 0, height = 0 } = (await control.boundingBox()) ?? {};
    if (width < touchPxMin || height < touchPxMin) {
      small.push(`${await control.evaluate('(one) => one.outerHTML')} ${width}×${height}`);
    }
  }
  return small;
}

describe.each([
  ['a till in the light', { viewport: tillScreen, colorScheme: 'light' }],
  ['a phone in the dark', { viewport: phoneScreen, colorScheme: 'dark' }],
] as const)('on %s', (_, options) => {
  it.each(screens.map((screen) => [screen.words, screen] as const))(
    '%s: nobody is kept out',
    async (_, screen) => {
      const { page, close } = await visit(browser, site.applianceUrl, options);
      await page.locator('#scan').waitFor();
      await screen.reach(page, site);
      expect(await violationsOn(page)).toEqual([]);
      expect(await tooSmallOn(page)).toEqual([]);
      expect(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        'nothing beside the screen',
      ).toBe(true);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await close();
      await untilCaughtUp(site);
    },
  );
});

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
