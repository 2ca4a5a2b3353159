// Writes docs/screens/*.png: the operators' page as it is, of a real central. `npm run screens:shots`.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser, phoneScreen } from '../kiosk-page/browser.ts';
import { setUp } from './person.ts';
import { screens } from './screens.ts';
import { showWork } from './show-work.ts';
import { openWorld } from './world.ts';

const target = join(import.meta.dirname, '..', '..', 'docs', 'screens');
const shotBytesMax = 160 * 1024;
const deskScreen = { width: 1200, height: 720 };
const shots = [
  { screen: 'sign-in', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'welcome', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'fleet', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'silent', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'revoke', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'find', viewport: deskScreen, colorScheme: 'dark' },
  { screen: 'checkout', viewport: { width: 1200, height: 880 }, colorScheme: 'light' },
  { screen: 'sites', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'site', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'reviews', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'review', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'exceptions', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'exception', viewport: deskScreen, colorScheme: 'dark' },
  { screen: 'correct', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'ledger', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'account', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'payouts', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'payout', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'settings', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'alerts', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'charts', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'doctor', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'rollouts', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'rollout', viewport: deskScreen, colorScheme: 'dark' },
  { screen: 'rolled-back', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'rollout-start', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'enrolments', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'slip', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'audit', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'latency', viewport: deskScreen, colorScheme: 'light' },
  { screen: 'alerts-phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'alert-phone', viewport: phoneScreen, colorScheme: 'light' },
  { screen: 'doctor-phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'charts-phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'fleet-phone', viewport: phoneScreen, colorScheme: 'dark' },
  { screen: 'silent-phone', viewport: phoneScreen, colorScheme: 'light' },
  { screen: 'checkout-phone', viewport: phoneScreen, colorScheme: 'dark' },
] as const;

const world = await openWorld('Leeds, Briggate');
world.addBoxes(1200);
world.paint();
await showWork(world);
const browser = await launchBrowser();
try {
  mkdirSync(target, { recursive: true });
  const first = await browser.newContext({ locale: 'en-GB' });
  await setUp(await first.newPage(), world, world.invite('ann', 'admin'));
  const storageState = await first.storageState();
  await first.close();
  for (const { screen, viewport, colorScheme } of shots) {
    const found = screens.find(({ name }) => name === screen.replace('-phone', ''));
    const context = await browser.newContext({
      ...{ viewport, colorScheme, locale: 'en-GB' },
      ...(found?.signedIn && { storageState }),
    });
    const page = await context.newPage();
    await page.goto(world.url);
    if (found?.signedIn) await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await found?.reach(page, world);
    const path = join(target, `${screen}.png`);
    await page.screenshot({ path });
    const bytes = statSync(path).size;
    if (bytes > shotBytesMax) throw new Error(`${path} is larger than ${shotBytesMax} bytes`);
    console.log(`${path} ${bytes} bytes`);
    await context.close();
  }
} finally {
  await browser.close();
  await world.close();
}
