// Every screen of the page, and how a person gets there: looked at by the judge of accessibility, and by whoever reads
// docs/kiosk.
import type { Site } from '../../trial/site.ts';
import { type Page, scan } from './browser.ts';
import { butter, cider, crackers, oatDrink, trout } from './shop.ts';

export interface Screen {
  name: string;
  words: string;
  /** From the empty basket. */
  reach(page: Page, site: Site): Promise<void>;
}

const priced = async (page: Page) => {
  for (const code of [oatDrink, butter, oatDrink, trout, 'HF-118']) await scan(page, code);
  await page.getByText('£13.03').first().waitFor();
};
const pay = async (page: Page, card: RegExp) => {
  await page.locator('#pay').click();
  await page.getByRole('button', { name: card }).click();
};
const offline = async (page: Page, site: Site) => {
  site.link.cut();
  await page.locator('#banner').waitFor({ timeout: 20_000 });
};

export const screens: readonly Screen[] = [
  { name: 'empty', words: 'An empty basket', reach: async () => {} },
  { name: 'basket', words: 'A basket, every line priced', reach: priced },
  {
    name: 'unknown-product',
    words: 'A product that is not sold here',
    async reach(page) {
      await priced(page);
      await scan(page, '12345670');
      await page.locator('#notice').waitFor();
    },
  },
  {
    name: 'offline',
    words: 'The link is cut',
    async reach(page, site) {
      await offline(page, site);
      await priced(page);
      await page.getByRole('spinbutton').nth(2).fill('60');
      await page.keyboard.press('Enter');
      await page.locator('.reasons').waitFor();
    },
  },
  {
    name: 'age',
    words: 'A product that asks for an age, and one of which too few are left',
    async reach(page) {
      for (const code of [cider, crackers, crackers, crackers, crackers]) await scan(page, code);
      await page.locator('.why').nth(1).waitFor();
      await page.locator('#age-16').click();
      await page.locator('#age-16[aria-pressed=true]').waitFor();
    },
  },
  {
    name: 'payment',
    words: 'The choice of a test card',
    async reach(page) {
      await priced(page);
      await page.locator('#pay').click();
    },
  },
  {
    name: 'sold',
    words: 'Approved by central',
    async reach(page) {
      await priced(page);
      await pay(page, /^Good card/);
      await page.locator('.slip').waitFor();
    },
  },
  {
    name: 'sold-offline',
    words: 'Approved while the link is cut',
    async reach(page, site) {
      await offline(page, site);
      await priced(page);
      await pay(page, /^Good card/);
      await page.locator('.slip').waitFor();
      // What is left is told anew after each sale.
      await page.locator('#banner', { hasText: /£9,\d{3}/ }).waitFor();
    },
  },
  {
    name: 'declined',
    words: 'A card that was declined',
    async reach(page) {
      await priced(page);
      await pay(page, /^No money on it/);
      await page.locator('.not-sold').waitFor();
    },
  },
  {
    name: 'unanswered',
    words: 'A sale without an answer',
    async reach(page) {
      await priced(page);
      await page.route('**/v1/checkouts', (route) => route.abort());
      await pay(page, /^Good card/);
      await page.locator('.unanswered').waitFor({ timeout: 20_000 });
    },
  },
  {
    name: 'pairing',
    words: 'A kiosk that is not paired',
    async reach(page) {
      await page.evaluate("localStorage.setItem('holdfast.token', 'nobody')");
      await page.reload();
      await page.locator('#code').waitFor();
    },
  },
];
