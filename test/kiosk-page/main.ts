// Writes docs/kiosk/*.png: the page as it is, at a real site, on a till and on a phone. `npm run kiosk:shots`.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, phoneScreen, tillScreen, visit } from './browser.ts';
import { screens } from './screens.ts';
import { openPageShop, untilCaughtUp } from './shop.ts';

const target = join(import.meta.dirname, '..', '..', 'docs', 'kiosk');
const shotBytesMax = 150 * 1024;
/** Which screens are worth a picture, where and in which light. */
const shots = [
  { screen: 'basket', on: 'till', viewport: tillScreen, colorScheme: 'light' },
  { screen: 'age', on: 'till', viewport: tillScreen, colorScheme: 'dark' },
  { screen: 'payment', on: 'till', viewport: tillScreen, colorScheme: 'light' },
  { screen: 'sold', on: 'till', viewport: tillScreen, colorScheme: 'light' },
  { screen: 'offline', on: 'till', viewport: tillScreen, colorScheme: 'light' },
  { screen: 'unanswered', on: 'till', viewport: tillScreen, colorScheme: 'dark' },
  { screen: 'pairing', on: 'till', viewport: tillScreen, colorScheme: 'light' },
  { screen: 'unknown-product', on: 'phone', viewport: phoneScreen, colorScheme: 'light' },
  { screen: 'basket', on: 'phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'sold-offline', on: 'phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'declined', on: 'phone', viewport: phoneScreen, colorScheme: 'light' },
] as const;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-shots-'));
const [site, browser] = await Promise.all([openPageShop(folder), launchBrowser()]);
try {
  mkdirSync(target, { recursive: true });
  for (const { screen, on, ...options } of shots) {
    const { page, close } = await visit(browser, site.applianceUrl, options);
    await page.locator('#scan').waitFor();
    await screens.find(({ name }) => name === screen)?.reach(page, site);
    const path = join(target, `${screen}-${on}.png`);
    await page.screenshot({ path });
    const bytes = statSync(path).size;
    if (bytes > shotBytesMax) throw new Error(`${path} is larger than ${shotBytesMax} bytes`);
    console.log(`${path} ${bytes} bytes`);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
    await untilCaughtUp(site);
  }
} finally {
  await browser.close();
  await site.stop();
  rmSync(folder, { recursive: true });
}
