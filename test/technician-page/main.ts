// Writes docs/technician-page/*.png: the page as it is, of a real box, on two phones and in both lights. `npm run
// technician:shots`.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, phoneScreen, smallPhoneScreen } from '../kiosk-page/browser.ts';
import { openPageShop, untilCaughtUp } from '../kiosk-page/shop.ts';
import { setPin, visitAsTechnician } from './box.ts';
import { screens } from './screens.ts';

const target = join(import.meta.dirname, '..', '..', 'docs', 'technician-page');
const shotBytesMax = 150 * 1024;
/** Which screens are worth a picture, where and in which light; a whole one is as long as it is scrolled. */
const shots = [
  { screen: 'waiting', viewport: smallPhoneScreen, colorScheme: 'dark', fullPage: false },
  { screen: 'pairing', viewport: phoneScreen, colorScheme: 'dark', fullPage: false },
  { screen: 'silent', viewport: phoneScreen, colorScheme: 'light', fullPage: false },
  { screen: 'doctor', viewport: phoneScreen, colorScheme: 'light', fullPage: false },
  { screen: 'no-pin', viewport: smallPhoneScreen, colorScheme: 'light', fullPage: false },
  { screen: 'sign-in', viewport: phoneScreen, colorScheme: 'dark', fullPage: false },
  { screen: 'wrong-pin', viewport: smallPhoneScreen, colorScheme: 'light', fullPage: false },
  { screen: 'board', viewport: phoneScreen, colorScheme: 'light', fullPage: true },
  { screen: 'offline', viewport: phoneScreen, colorScheme: 'dark', fullPage: true },
] as const;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-shots-'));
const [site, browser] = await Promise.all([openPageShop(folder), launchBrowser()]);
try {
  mkdirSync(target, { recursive: true });
  for (const { screen, fullPage, ...options } of shots) {
    await setPin(site);
    const { page, close } = await visitAsTechnician(browser, site, options);
    await screens.find(({ name }) => name === screen)?.reach(page, site);
    const path = join(target, `${screen}.png`);
    await page.screenshot({ path, fullPage });
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
