// Who can use the technician's page: everybody who sees, hears or touches little, on every screen of it, on two phones, in both
// lights, and in a language whose words are long.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { type Browser, launchBrowser, phoneScreen, smallPhoneScreen } from '../kiosk-page/browser.ts';
import { barriersOn, fitsTheWidth } from '../kiosk-page/judge.ts';
import { openPageShop, untilCaughtUp } from '../kiosk-page/shop.ts';
import { setPin, signIn, visitAsTechnician } from './box.ts';
import { screens } from './screens.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-technician-access-'));
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
  { words: 'a small phone in the light', viewport: smallPhoneScreen, colorScheme: 'light' },
  { words: 'a phone in the dark', viewport: phoneScreen, colorScheme: 'dark' },
] as const;

it.each(screens.map((screen) => [screen.words, screen] as const))(
  '%s: nobody is kept out',
  async (_, screen) => {
    await setPin(site);
    const { page, close } = await visitAsTechnician(browser, site);
    await screen.reach(page, site);
    expect(await barriersOn(page, looks)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
    await untilCaughtUp(site);
  },
);

it('has room for words that are twice as long and do not break', async () => {
  await setPin(site);
  const { page, close } = await visitAsTechnician(browser, site, { viewport: smallPhoneScreen });
  await signIn(page);
  // Put in place of every text, at a moment in which the page does not ask anew.
  await page.route('**/v1/technician/view*', () => {});
  await page.evaluate(`
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.data.trim() !== '') text.data = 'Zertifikatsgültigkeitsablaufdatumsüberprüfungsverfahren ' + text.data;
    }`);
  expect(await fitsTheWidth(page)).toBe(true);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await close();
});
