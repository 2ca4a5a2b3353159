// The screens of money, and how a person gets there.
import type { Page } from '../kiosk-page/browser.ts';
import type { Screen } from './screen.ts';
import type { World } from './world.ts';

/** A list by its address, there once its table is. */
const list = (name: string, words: string, table: string): Screen => ({
  name,
  words,
  signedIn: true,
  async reach(page, world) {
    await page.goto(`${world.url}/#/${name}`);
    await page
      .getByRole('region', { name: `${table}, table` })
      .first()
      .waitFor();
  },
});

/** From the list by its first link. */
async function openFirst(page: Page, world: World, path: string, link: string): Promise<void> {
  await page.goto(`${world.url}/#/${path}`);
  await page.getByRole('link', { name: link }).click();
  await page.getByRole('heading', { name: link, level: 1 }).waitFor();
}

export const moneyScreens: readonly Screen[] = [
  list('sites', 'Sites', 'Sites'),
  {
    name: 'site',
    words: 'A site with its exposure',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'sites', 'Hull');
      await page.getByRole('region', { name: 'Booked, and not paid for, table' }).waitFor();
    },
  },
  list('reviews', 'Reviews', 'Reviews'),
  {
    name: 'review',
    words: 'A review',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'reviews', 'Review 1');
      await page.getByRole('button', { name: 'Approve' }).waitFor();
    },
  },
  list('exceptions', 'Exceptions', 'Exceptions'),
  {
    name: 'exception',
    words: 'An exception',
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'exceptions', 'Exception 2');
      await page.getByRole('button', { name: 'Accept' }).waitFor();
    },
  },
  {
    name: 'correct',
    words: 'Correcting an exception',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'exceptions', 'Exception 2');
      await page.getByRole('button', { name: 'Correct' }).click();
      await page.getByLabel('Account 1').fill('expense:fee:stripe');
      await page.getByLabel('Amount 1').fill('5.00');
      await page.getByLabel('Account 2').fill('transit:stripe');
      await page.getByLabel('Amount 2').fill('-5.00');
      await page.getByText('as it should be').waitFor();
    },
  },
  {
    name: 'ledger',
    words: 'The ledger',
    signedIn: true,
    async reach(page, world) {
      await page.goto(`${world.url}/#/ledger`);
      await page.getByRole('link', { name: 'payable:payee:acme' }).waitFor();
    },
  },
  {
    name: 'account',
    words: 'An account',
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'ledger', 'payable:payee:acme');
      await page.getByRole('region', { name: 'Postings, table' }).waitFor();
    },
  },
  list('payouts', 'Payouts', 'Payouts'),
  {
    name: 'payout',
    words: 'A payout',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await openFirst(page, world, 'payouts', 'Payout 1');
      await page.getByRole('region', { name: 'Lines, table' }).waitFor();
    },
  },
];
