// Money at the operators' page, in a real Chromium: the story of one checkout, a decision that needs two persons, an exception that
// is settled, an account, a payout to its end, and a site with what it has at stake.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, launchBrowser, type Page, type Visit, visit } from '../kiosk-page/browser.ts';
import { setUp } from './person.ts';
import { markup, openWorld, type World } from './world.ts';

let world: World;
let browser: Browser;
let ann: Page;
let ben: Page;
const visits: Visit[] = [];

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), launchBrowser()]);
  [ann, ben] = await Promise.all([signedIn('ann', 'finance'), signedIn('ben', 'finance')]);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function signedIn(name: string, role: 'viewer' | 'finance'): Promise<Page> {
  const made = await visit(browser, world.url, { locale: 'en-GB' }, '/');
  visits.push(made);
  await setUp(made.page, world, world.invite(name, role));
  return made.page;
}
const go = (page: Page, hash: string) => page.goto(`${world.url}/#/${hash}`);
/** Asks for something, says why, and means it. */
async function doIt(page: Page, verb: string, note: string | null): Promise<void> {
  await page.getByRole('button', { name: `${verb} …` }).click();
  if (note !== null) await page.getByLabel('Note').fill(note);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: verb.replace('Confirm: ', '') })
    .click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
const table = (page: Page, name: string) => page.getByRole('region', { name: `${name}, table` });

it('finds a checkout by its slip and tells its whole story', async () => {
  await ann.keyboard.press('Control+k');
  await ann.getByRole('combobox', { name: 'Slip number' }).fill('41');
  await ann.getByRole('option', { name: 'Slip 41 · £48.20' }).waitFor();
  await ann.keyboard.press('Enter');
  await ann.getByRole('heading', { name: 'Checkout slip 41' }).waitFor();
  const goods = await table(ann, 'Goods').getByRole('row').allTextContents();
  expect(goods).toEqual(['ProductSKUQuantityTotal', `${markup}A1£48.20`]);
  const story = ann.getByRole('region', { name: 'Story' });
  await story.waitFor();
  const lines = await story.getByRole('listitem').allTextContents();
  expect(lines.map((line) => line.replace(/^.*?(?=Checkout|Charge|Refund|Stripe|Webhook)/s, ''))).toEqual([
    expect.stringMatching(/^Checkout approved offline, slip 41.*Box/),
    expect.stringMatching(/^Checkout arrived waited offline 8 min, sent in .*Central/),
    expect.stringMatching(/^Checkout booked entry 1 of the journal.*Central/),
    expect.stringMatching(
      /^Webhook checkout.booked to shop.example, endpoint 1: delivered after 240 ms.*Merchant/,
    ),
    expect.stringMatching(/^Charge 1: sent £48\.20 at stripe.*Central/),
    expect.stringMatching(/^Charge 1: answered unknown.*Processor/),
    expect.stringMatching(/^Charge 1: looked up found: .* captured.*Processor/),
    expect.stringMatching(/^Webhook checkout.captured to shop.example, endpoint 1: on its way.*Merchant/),
    expect.stringMatching(/^Stripe told charge done.*Processor/),
    expect.stringMatching(/^Refund approved offline, slip 43.*Box/),
    expect.stringMatching(/^Refund booked entry 3 of the journal.*Central/),
    expect.stringMatching(/^Refund 1: sent £6\.00 at stripe.*Central/),
    expect.stringMatching(/^Refund 1: answered approved.*Processor/),
  ]);
  expect(lines[1], 'how long it waited').toContain('+ 8 min');
  const postings = await table(ann, 'Postings').getByRole('row').allTextContents();
  expect(
    postings.some((row) => /receivable:processor:stripe£48\.20/.test(row)),
    'also what was booked when it was collected',
  ).toBe(true);
  await ann.getByRole('link', { name: 'receivable:processor:stripe' }).first().click();
  await expect.poll(() => ann.locator('.lede').textContent()).toBe('Balance £42.20');
});

it('decides a large review by two persons, and never by one alone', async () => {
  await go(ann, 'reviews');
  await ann.getByRole('link', { name: 'Review 1' }).click();
  await doIt(ann, 'Approve', 'the site knows this customer');
  await ann.getByText('Another person must confirm it').waitFor();
  expect(await ann.getByRole('button', { name: 'Confirm: Approve' }).count(), 'not by the same').toBe(0);
  await go(ben, 'reviews');
  await table(ben, 'Reviews').getByText('Needs a second person').waitFor();
  await ben.getByRole('link', { name: 'Review 1' }).click();
  await ben.getByText('the site knows this customer').waitFor();
  await doIt(ben, 'Confirm: Approve', 'so do I');
  await ben.getByText('Decided: approve').waitFor();
  await ann.getByText('so do I').waitFor();
  expect(await ben.getByRole('button', { name: 'Give up' }).count(), 'it stands').toBe(0);
  expect(world.audited('review.decide')).toEqual([{ actor: 'ben', about: 'review 1' }]);
  await go(ben, 'reviews');
  await ben.getByText('Nothing waits for you').waitFor();
  await ben.getByLabel('State').selectOption('decided');
  await table(ben, 'Reviews').getByRole('link', { name: 'Review 1' }).waitFor();
});

it('settles an exception by a correction that must come to nothing', async () => {
  await go(ann, 'exceptions');
  await ann.getByRole('link', { name: 'Exception 2' }).click();
  await doIt(ann, 'Assign', 'I look after it');
  await ann.getByText('I look after it').waitFor();
  await ann.getByRole('button', { name: 'Correct …' }).click();
  const yes = ann.getByRole('dialog').getByRole('button', { name: 'Correct' });
  await ann.getByLabel('Note').fill('the bank keeps 5 of every payout');
  await ann.getByLabel('Account 1').fill('expense:fee:stripe');
  await ann.getByLabel('Amount 1').fill('5.00');
  await ann.getByLabel('Account 2').fill('transit:stripe');
  await ann.getByLabel('Amount 2').fill('-4.00');
  await ann.getByText('Together £1.00; -£1.00 is left.').waitFor();
  await yes.click();
  await ann.getByRole('dialog').getByRole('alert').getByText('sum to zero').waitFor();
  await ann.getByLabel('Amount 2').fill('-5.00');
  await yes.click();
  await ann.getByText('Corrected', { exact: true }).waitFor();
  expect(world.audited('exception.correct')).toEqual([{ actor: 'ann', about: 'exception 2' }]);
  expect(await ann.getByRole('button', { name: 'Accept' }).count(), 'only notes from now on').toBe(0);
  await go(ann, 'ledger');
  await ann.getByRole('link', { name: 'expense:fee:stripe' }).click();
  await table(ann, 'Postings').getByText('£5.00').waitFor();
  await go(ann, 'exceptions');
  await expect.poll(() => table(ann, 'Exceptions').getByRole('row').count()).toBe(3);
});

it('takes a payout from its approval to the bank, and its statement along', async () => {
  await go(ann, 'payouts');
  await ann.getByRole('link', { name: 'Payout 1' }).click();
  await doIt(ann, 'Approve', null);
  await ann.getByText('Make the transfer at the bank').waitFor();
  await ann.getByRole('button', { name: 'Mark paid …' }).click();
  await ann.getByLabel('Reference of the transfer').fill('BACS-7');
  await ann.getByRole('dialog').getByRole('button', { name: 'Mark paid' }).click();
  await ann.locator('.badge', { hasText: 'Paid' }).waitFor();
  const file = ann.waitForEvent('download');
  await ann.getByRole('button', { name: 'Statement, CSV' }).click();
  const rows = readFileSync(await (await file).path(), 'utf8')
    .trim()
    .split('\n');
  const amounts = rows.slice(1).map((row) => Number(row.split(',')[7]));
  expect(amounts, 'sale, fee, refund, fee given back').toEqual([4820, -723, -600, 90]);
});

it('shows a site with what its boxes say and what central knows of', async () => {
  await go(ben, 'sites');
  await ben.getByRole('link', { name: 'Hull' }).click();
  const exposure = ben.getByRole('region', { name: 'Exposure' });
  await expect.poll(() => exposure.textContent()).toContain('£127.30');
  await ben.getByText('Disk filling').waitFor();
  await ben.getByRole('link', { name: 'hull-1' }).first().click();
  await ben.getByRole('heading', { name: 'hull-1' }).waitFor();
});

it('lets a viewer see all of it, and offers them nothing to do', async () => {
  const vic = await signedIn('vic', 'viewer');
  for (const [path, heading] of [
    ['reviews/1', 'What was said'],
    ['exceptions/1', 'What was done'],
    ['payouts/1', 'Steps'],
  ] as const) {
    await go(vic, path);
    await vic.getByRole('heading', { name: heading }).waitFor();
    expect(await vic.locator('main').getByRole('button', { name: /…$/ }).count(), path).toBe(0);
  }
  expect(visits.flatMap(({ complaints }) => complaints)).toEqual([]);
});
