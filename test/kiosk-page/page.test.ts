// The reference kiosk page in a real Chromium at a real site: both programs as processes, and a link that can be cut.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { type Browser, launchBrowser, type Page, phoneScreen, scan, type Visit, visit } from './browser.ts';
import {
  butter,
  cider,
  crackers,
  crackersCounted,
  documentsOf,
  oatDrink,
  openPageShop,
  pairingCode,
  revoke,
  trout,
  untilCaughtUp,
} from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
let site: Site;
let browser: Browser;
let visits: Visit[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([openPageShop(folder), launchBrowser()]);
});
afterEach(async () => {
  await untilCaughtUp(site);
  for (const { page, complaints, asked, close } of visits) {
    expect(complaints, 'complaints of the browser').toEqual([]);
    expect(
      asked.filter((url) => !url.startsWith(site.applianceUrl)),
      'asked elsewhere',
    ).toEqual([]);
    if (!page.isClosed()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
  }
  visits = [];
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true });
});

async function open(options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const visited = await visit(browser, site.applianceUrl, options);
  visits.push(visited);
  await visited.page.locator('#scan').waitFor();
  return visited.page;
}

const total = (page: Page) => page.locator('#total').textContent();
const headline = (page: Page) => page.locator('#headline').textContent();
const told = (page: Page) => page.locator('.told').textContent();
/** By its name on the screen, as a person finds it. */
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
async function fill(page: Page, ...codes: string[]) {
  for (const code of codes) await scan(page, code);
  await expect.poll(() => page.locator('.line').count()).toBe(new Set(codes).size);
}
async function payWith(page: Page, card: string | RegExp) {
  await press(page, 'Pay');
  await press(page, card);
}

describe('the kiosk page', () => {
  it('sells what is scanned, counted and taken out again, and shows the slip', async () => {
    const before = await documentsOf(site);
    const page = await open();
    await fill(page, oatDrink, butter, oatDrink, trout);
    await expect.poll(() => total(page)).toBe('£11.14');
    await press(page, 'More of Pebblemoor Salted Butter 250 g');
    await expect.poll(() => total(page)).toBe('£13.63');
    await press(page, 'Remove Saltmarsh Smoked Trout 150 g');
    await expect.poll(() => total(page)).toBe('£8.68');
    await page.getByRole('spinbutton', { name: 'Quantity of Fernhollow Oat Drink 1 l' }).fill('5');
    await page.keyboard.press('Enter');
    await expect.poll(() => total(page)).toBe('£14.23');

    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page)).toBe('Approved');
    const slip = await page.locator('.slip').textContent();
    expect(slip).toMatch(/5 x 1\.85 +9\.25/);
    expect(slip).toMatch(/TOTAL GBP +14\.23/);
    expect(slip).toContain('Authorised by central.');
    const after = await documentsOf(site);
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ verdict: 'authorised', totalMinor: 1423 });

    await press(page, 'Next customer');
    await expect.poll(() => page.locator('.empty').count()).toBe(1);
    expect(await page.evaluate('document.activeElement.id')).toBe('scan');
  });

  it('takes goods that are sold by the hundred, and finds products by their article number', async () => {
    const page = await open();
    await fill(page, 'HF-118');
    await expect.poll(() => total(page)).toBe('£1.89');
    await press(page, /^More of Loose Hazelnuts/);
    await expect.poll(() => total(page)).toBe('£3.78');
  });

  it.each([
    ['12345670', 'This product is not in the catalogue of this site.'],
    ['2410000102038', 'Not a GTIN-8, -12, -13 or -14 with a valid check digit.'],
    ['4242424242424242', 'This looks like the number of a card, or a code with a wrong digit.'],
  ])('says why it does not take %s, and keeps the basket', async (code, words) => {
    const page = await open();
    await fill(page, oatDrink);
    await scan(page, code);
    await expect.poll(() => page.locator('#notice').textContent()).toContain(words);
    expect(await page.locator('#announcements').textContent()).toContain(words);
    expect(await total(page)).toBe('£1.85');
    await scan(page, oatDrink);
    await expect.poll(() => total(page)).toBe('£3.70');
    expect(await page.locator('#notice').count()).toBe(0);
  });

  it('takes a code that was scanned into a quantity for a code', async () => {
    const page = await open();
    await fill(page, oatDrink);
    await page.getByRole('spinbutton').click();
    await scan(page, butter);
    await expect.poll(() => total(page)).toBe('£4.34');
  });

  it('says in words why a sale is refused, and goes on with the basket', async () => {
    const page = await open();
    await fill(page, trout);
    await page.getByRole('spinbutton').fill('300');
    await page.keyboard.press('Enter');
    await expect.poll(() => total(page)).toBe('£1,485.00');
    const words = 'Ask for a smaller sale or another way to pay.';
    expect(await page.locator('.reasons').textContent()).toBe(words);
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page)).toBe('Not sold');
    expect(await told(page)).toContain(words);
    await press(page, 'Back to the basket');
    await expect.poll(() => total(page)).toBe('£1,485.00');
  });

  it('sells to an age only when a person has looked at it', async () => {
    const page = await open();
    await fill(page, cider);
    const why = page.locator('.why');
    await expect.poll(() => why.textContent()).toContain('Look at the customer’s age');
    await press(page, '16');
    await expect.poll(() => page.locator('#age-16').getAttribute('aria-pressed')).toBe('true');
    expect(await why.count(), 'sixteen is not enough').toBe(1);
    await press(page, '18');
    await expect.poll(() => why.count()).toBe(0);
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page)).toBe('Approved');
    await press(page, 'Next customer');
    await page.locator('#scan').waitFor();
    await fill(page, cider);
    await expect.poll(() => why.count(), { message: 'the next customer is another' }).toBe(1);
  });

  it('says what is left of a product, and when that is less than is asked for', async () => {
    const page = await open();
    await fill(page, crackers);
    await expect.poll(() => page.locator('.each').textContent()).toContain(`${crackersCounted} left`);
    for (let i = 0; i < crackersCounted; i++) await scan(page, crackers);
    await expect.poll(() => page.locator('.why').textContent()).toContain(`Left: ${crackersCounted}.`);
  });

  it('shows the tax that is in the total', async () => {
    const page = await open();
    await fill(page, oatDrink, butter);
    const taxes = page.locator('.taxes');
    await expect.poll(() => taxes.textContent()).toContain('including 20% standard £0.31');
  });

  it('says that a card was declined, and why', async () => {
    const page = await open();
    await fill(page, oatDrink);
    await payWith(page, /^No money on it/);
    await expect.poll(() => headline(page)).toBe('Card declined');
    expect(await told(page)).toContain('The bank says: insufficient funds.');
  });

  it('goes on without central when central is late, and says so', async () => {
    const page = await open();
    await fill(page, oatDrink);
    await payWith(page, /^Slow bank/);
    await expect.poll(() => headline(page), { timeout: 10_000 }).toBe('Approved offline');
    expect(await told(page)).toContain('Central did not answer in time');
  });

  it('prints the slip alone, and calls it a copy after that', async () => {
    const page = await open();
    await fill(page, oatDrink);
    await payWith(page, /^Good card/);
    await page.locator('.slip').waitFor();
    await page.evaluate('window.print = () => {}');
    await press(page, 'Print the slip');
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate(
      "[...document.querySelectorAll('header, #banner, button, .told, .slip')].filter((one) => one.checkVisibility()).map((one) => one.className)",
    );
    expect(shown).toEqual(['slip']);
    await page.reload();
    await expect.poll(() => page.locator('.slip').textContent()).toContain('*** COPY ***');
  });
});

describe('while the link is cut', () => {
  it('says since when and what is left, sells on, and says when the link is back', async () => {
    const page = await open();
    await expect.poll(() => page.locator('#link').textContent()).toBe('Link up');
    expect(await page.locator('#banner').isVisible()).toBe(false);
    site.link.cut();
    const banner = () => page.locator('#banner').textContent();
    await expect.poll(banner, { timeout: 20_000 }).toMatch(/Offline since \d\d:\d\d/);
    expect(await banner()).toMatch(/Left: 11 h 59 min and £10,000\.00/);
    expect(await page.locator('#announcements').textContent()).toContain('No link.');

    await fill(page, oatDrink);
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page)).toBe('Approved offline');
    expect(await told(page)).toContain('The site has no link to central');
    expect(await page.locator('.slip').textContent()).toMatch(
      /Approved offline by the appliance\.[\s\S]*Offline since/,
    );

    await expect.poll(banner).toContain('£9,998.15');

    site.link.restore();
    await expect.poll(() => page.locator('#banner').isVisible(), { timeout: 20_000 }).toBe(false);
    expect(await page.locator('#announcements').textContent()).toBe('The link is back.');
  });

  it('says before paying what holds only until the link is back', async () => {
    const page = await open();
    site.link.cut();
    await expect.poll(() => page.locator('#link').textContent(), { timeout: 20_000 }).toBe('No link');
    await fill(page, trout);
    await page.getByRole('spinbutton').fill('60');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('.reasons').textContent())
      .toContain('Offline the site approves smaller');
  });

  it('says that nothing can be sold when the appliance itself is gone, and goes on when it is back', async () => {
    const page = await open();
    await fill(page, oatDrink);
    await site.appliance.kill();
    const banner = () => page.locator('#banner').textContent();
    await expect.poll(banner, { timeout: 20_000 }).toContain('The appliance does not answer');
    await site.appliance.start();
    await expect
      .poll(() => page.locator('#link').textContent(), { timeout: 20_000 })
      .not.toBe('No appliance');
    await scan(page, oatDrink);
    await expect.poll(() => total(page)).toBe('£3.70');
  });
});

/** Answers that never arrive, though the appliance has them. */
async function loseAnswers(page: Page) {
  let lost = 0;
  await page.route('**/v1/checkouts', async (route) => {
    await route.fetch();
    lost++;
    await route.abort();
  });
  return () => lost;
}

describe('a page loaded anew in mid-checkout', () => {
  it('sells once when the answer was lost, and shows the slip of that sale', async () => {
    const before = await documentsOf(site);
    const page = await open();
    await fill(page, oatDrink, butter);
    const lost = await loseAnswers(page);
    await payWith(page, /^Good card/);
    await expect.poll(lost).toBeGreaterThan(0);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.reload();
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Approved');
    expect(await page.locator('.slip').textContent()).toMatch(/TOTAL GBP +4\.34/);
    expect(await documentsOf(site)).toHaveLength(before.length + 1);
  });

  it('sells once when central still thinks about it', async () => {
    const before = await documentsOf(site);
    const page = await open();
    await fill(page, oatDrink);
    await payWith(page, /^Slow bank/);
    await page.locator('.asking').waitFor();
    await page.reload();
    await page.reload();
    await expect.poll(() => headline(page), { timeout: 20_000 }).toBe('Approved offline');
    expect(await documentsOf(site)).toHaveLength(before.length + 1);
  });

  it('sells nothing twice when it was never sent, and sends it once', async () => {
    const before = await documentsOf(site);
    const page = await open();
    await fill(page, oatDrink);
    await page.route('**/v1/checkouts', (route) => route.abort());
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Not known yet');
    expect(await told(page)).toContain('Do not ring it up again');
    expect(await documentsOf(site)).toHaveLength(before.length);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.reload();
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Approved');
    expect(await documentsOf(site)).toHaveLength(before.length + 1);
  });

  it('finds out by itself, without a reload, when the appliance answers again', async () => {
    const before = await documentsOf(site);
    const page = await open();
    await fill(page, oatDrink);
    await loseAnswers(page);
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Not known yet');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Approved');
    expect(await documentsOf(site)).toHaveLength(before.length + 1);
  });

  it('shows the slip again when it is loaded anew after the sale, and keeps a basket that was not paid', async () => {
    const page = await open();
    await fill(page, oatDrink, butter);
    await page.reload();
    await expect.poll(() => total(page)).toBe('£4.34');
    await payWith(page, /^Good card/);
    await page.locator('.slip').waitFor();
    const slip = await page.locator('.slip').textContent();
    await page.reload();
    await expect.poll(() => page.locator('.slip').textContent()).toBe(slip);
  });

  it('sells in one tab only', async () => {
    const page = await open();
    await fill(page, oatDrink);
    const other = await page.context().newPage();
    await other.goto(`${site.applianceUrl}/kiosk`);
    await expect.poll(() => headline(other)).toBe('Open elsewhere');
    await page.close();
    await expect.poll(() => total(other)).toBe('£1.85');
  });
});

describe('by keyboard alone', () => {
  it('sells from the first product to the next customer', async () => {
    const page = await open();
    const focused = () => page.evaluate('document.activeElement.id');
    await scan(page, oatDrink);
    await expect.poll(() => total(page)).toBe('£1.85');
    /** Tab until the element has the focus; fails when it cannot be reached. */
    const reach = async (id: string) => {
      for (let presses = 0; presses < 12; presses++) {
        if ((await focused()) === id) return;
        await page.keyboard.press('Tab');
      }
      expect.fail(`${id} cannot be reached by Tab`);
    };
    await reach('more-0');
    await page.keyboard.press('Enter');
    await expect.poll(() => total(page)).toBe('£3.70');
    await expect.poll(focused).toBe('more-0');
    await reach('pay');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('card-0');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    await expect.poll(focused).toBe('pay');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('card-0');
    await page.keyboard.press('Enter');
    await expect.poll(() => headline(page)).toBe('Approved');
    await expect.poll(focused).toBe('next');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('scan');
  });
});

describe('a kiosk that is not known', () => {
  it('asks for a code, says when it is wrong, and sells with the token it is given', async () => {
    const page = await open();
    await page.evaluate("localStorage.setItem('holdfast.token', 'nobody')");
    await page.reload();
    await expect.poll(() => headline(page)).toBe('This kiosk is not paired');
    await page.locator('#code').fill('AAAA-AAAA');
    await press(page, 'Pair this kiosk');
    await expect.poll(() => page.locator('#pairing-said').textContent()).toContain('wrong, used or too old');
    await page.locator('#code').fill(await pairingCode(site, 'till-1'));
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#kiosk').textContent()).toBe('till-1');
    await page.locator('#scan').waitFor();
    await fill(page, oatDrink);
    await payWith(page, /^Good card/);
    await expect.poll(() => headline(page)).toBe('Approved');
  });
});

describe('a kiosk that is revoked in mid-checkout', () => {
  it('finds out under its new token what became of the sale, and sells once', async () => {
    const page = await open();
    const pair = async (name: string) => {
      await page.locator('#code').fill(await pairingCode(site, name));
      await page.keyboard.press('Enter');
    };
    await page.evaluate("localStorage.setItem('holdfast.token', 'nobody')");
    await page.reload();
    await pair('till-2');
    await page.locator('#scan').waitFor();
    await fill(page, oatDrink);
    const before = await documentsOf(site);
    const lost = await loseAnswers(page);
    await payWith(page, /^Good card/);
    await expect.poll(lost).toBeGreaterThan(0);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await revoke(site, 'till-2');
    await page.reload();
    await expect.poll(() => headline(page), { timeout: 20_000 }).toBe('This kiosk is not paired');
    await pair('till-3');
    await expect.poll(() => headline(page), { timeout: 15_000 }).toBe('Approved');
    expect(await documentsOf(site)).toHaveLength(before.length + 1);
  });
});

describe('on a phone', () => {
  it('has nothing beside the screen, and the way to pay in sight', async () => {
    const page = await open({ viewport: phoneScreen });
    await fill(page, oatDrink, butter, trout);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phoneScreen.width);
    const pay = await page.locator('#pay').boundingBox();
    expect((pay?.y ?? 0) + (pay?.height ?? 0)).toBeLessThanOrEqual(phoneScreen.height);
    await payWith(page, /^Good card/);
    await page.locator('.slip').waitFor();
    expect(
      await page.evaluate(
        "document.querySelector('.slip').scrollWidth <= document.querySelector('.slip').clientWidth",
      ),
    ).toBe(true);
  });
});
