// Who can use the operators' page: everybody who sees, hears or points little, on every screen of it, at a desk and on a phone, in
// both lights.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Browser,
  launchBrowser,
  type Page,
  phoneScreen,
  type Visit,
  visit,
} from '../kiosk-page/browser.ts';
import { fitsTheWidth, violationsOn } from '../kiosk-page/judge.ts';
import { backToFleet, setUp } from './person.ts';
import type { Screen } from './screen.ts';
import { screens } from './screens.ts';
import { showWork } from './show-work.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let browser: Browser;
let storageState: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld('Leeds, Briggate'), launchBrowser()]);
  world.addBoxes(100);
  await showWork(world);
  const { page, close } = await visit(browser, world.url, {}, '/');
  await setUp(page, world, world.invite('ann', 'admin'));
  storageState = await page.context().storageState();
  await close();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

describe.each([
  ['at a desk in the light', { viewport: { width: 1200, height: 720 }, colorScheme: 'light' }, screens],
  [
    'on a phone in the dark',
    { viewport: phoneScreen, colorScheme: 'dark' },
    screens.filter(({ phone }) => phone),
  ],
] as const)('%s', (_, options, some) => {
  /** One page, led from screen to screen as a person goes: what loading and signing in shows is judged once. */
  let stays: Visit;
  beforeAll(async () => {
    stays = await visit(browser, world.url, { ...options, locale: 'en-GB', storageState }, '/');
  });
  afterAll(() => stays.close());

  it.each(some.map((screen) => [screen.words, screen] as const))(
    '%s: nobody is kept out',
    async (_, screen) => {
      if (screen.signedIn) {
        await backToFleet(stays.page, world);
        await judge(stays.page, screen);
        await findFrom(stays.page);
        return;
      }
      const { page, close } = await visit(browser, world.url, { ...options, locale: 'en-GB' }, '/');
      await judge(page, screen);
      await close();
    },
  );
});

/** Ctrl-K is the way on from every screen, but from a question that waits for its answer. */
async function findFrom(page: Page): Promise<void> {
  if ((await page.locator('dialog').count()) > 0) return;
  await page.keyboard.press('Control+k');
  await page.locator('[role=combobox]:focus').waitFor();
  await page.keyboard.press('Escape');
}

async function judge(page: Page, screen: Screen): Promise<void> {
  await screen.reach(page, world);
  expect(await violationsOn(page)).toEqual([]);
  expect(await fitsTheWidth(page), 'nothing beside the screen').toBe(true);
}

it('is used from the keyboard alone: to the list, to a box, and back', async () => {
  const { page, close } = await visit(browser, world.url, { storageState }, '/');
  await page.getByRole('link', { name: 'leeds-1' }).waitFor();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to the screen');
  await page.keyboard.press('Enter');
  for (let n = 0; n < 30 && (await focused()) !== 'leeds-1'; n++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'leeds-1' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.locator('[role=combobox]:focus').waitFor();
  await page.keyboard.type('fleet');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  await close();
});
