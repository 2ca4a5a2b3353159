// The technician's page in a real Chromium at a real box: both programs as processes, a link that can be cut, and the
// technician's own commands beside it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Site } from '../../trial/site.ts';
import { type Browser, launchBrowser, type Page, type Visit } from '../kiosk-page/browser.ts';
import { openPageShop, untilCaughtUp } from '../kiosk-page/shop.ts';
import { clearPin, holdfast, pin, setPin, signIn, typePin, visitAsTechnician } from './box.ts';
import { sellOffline } from './screens.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-technician-page-'));
let site: Site;
let browser: Browser;
let visits: Visit[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([openPageShop(folder), launchBrowser()]);
});
beforeEach(async () => {
  await setPin(site);
});
afterEach(async () => {
  await untilCaughtUp(site);
  for (const { page, complaints, asked, close } of visits) {
    expect(complaints, 'complaints of the browser').toEqual([]);
    expect(
      asked.filter((url) => !url.startsWith(site.applianceUrl)),
      'asked elsewhere',
    ).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
  }
  visits = [];
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true });
});

async function open(options: Parameters<typeof visitAsTechnician>[2] = {}): Promise<Page> {
  const visited = await visitAsTechnician(browser, site, options);
  visits.push(visited);
  return visited.page;
}
const rows = (page: Page) => page.locator('#rows').textContent();
const soon = { timeout: 20_000 };

describe('the technician’s page', () => {
  it('says how to set a PIN, asks for it once it is set, and shows nothing before', async () => {
    await clearPin(site);
    const page = await open();
    await page.getByText('holdfast pin set').waitFor();
    expect(await page.locator('body').textContent()).not.toContain('leeds-1');
    await setPin(site);
    await page.locator('#pin').waitFor(soon);
    expect(await page.evaluate('document.activeElement.id')).toBe('pin');
    await typePin(page, '915038');
    await expect.poll(() => page.locator('#said').textContent()).toMatch(/^The PIN is wrong\./);
    expect(await page.locator('body').textContent()).not.toContain('leeds-1');
    await signIn(page);
    await expect.poll(() => page.locator('#box').textContent()).toMatch(/^leeds-1 · Holdfast \d/);
    expect(await page.evaluate('document.cookie'), 'no script reads it').toBe('');
  });

  it('follows the link as it goes and comes back, with the money that is on this box only', async () => {
    const page = await open();
    await signIn(page);
    await expect.poll(() => rows(page)).toMatch(/Up for .*central has every entry/);
    site.link.cut();
    await expect.poll(() => rows(page), soon).toMatch(/Down for/);
    await sellOffline(site);
    await expect.poll(() => rows(page), soon).toMatch(/1 entry worth £3\.78, the oldest \d+ s old/);
    await expect.poll(() => rows(page), soon).toMatch(/£3\.78 of £10,000\.00/);
    await expect.poll(() => page.locator('#troubles').textContent()).toContain('the link to central is down');
    site.link.restore();
    await expect.poll(() => rows(page), soon).toMatch(/Up for .*central has every entry/);
  });

  it('has the doctor look, once for two phones, while the box goes on answering', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all([signIn(one), signIn(other)]);
    await one.locator('#examine').click();
    // The other one, which asks now and then, may see it run or see it done.
    const answers = await fetch(`${site.applianceUrl}/livez`);
    expect(answers.status).toBe(200);
    for (const page of [one, other]) {
      await page.locator('#found').waitFor({ timeout: 40_000 });
      await expect.poll(() => page.locator('#examined').textContent()).toContain('this is leeds-1');
    }
    const found = async (page: Page) =>
      (await page.locator('#examined').textContent())?.replace(/Looked [^.]+\./, '');
    // What the disk took differs from look to look.
    expect(await found(other)).toBe(await found(one));
    await expect.poll(() => one.locator('#announcements').textContent()).toMatch(/^The doctor has looked/);
  });

  it('pairs a kiosk: the code is shown, works, and the page sees that it was used', async () => {
    const page = await open();
    await signIn(page);
    await page.locator('#kiosk-name').fill('till-5');
    await page.locator('#kiosk-role').selectOption({ label: 'Sells and refunds' });
    await page.locator('#pair').click();
    const code = (await page.locator('#code').textContent()) ?? '';
    expect(await page.locator('.qr').getAttribute('aria-label')).toBe(`QR code of ${code}`);
    expect(await readQr(page)).toBe(code);
    const response = await fetch(`${site.applianceUrl}/v1/pairings`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify({ code }),
    });
    expect(await response.json()).toMatchObject({
      kiosk: { name: 'till-5', scopes: ['sell', 'refund', 'read'] },
    });
    await expect.poll(() => page.locator('#offer-state').textContent(), soon).toBe('till-5 is paired.');
    expect(await page.locator('.qr').count()).toBe(0);
    await page.locator('#back').click();
    await expect.poll(() => page.locator('#kiosks').textContent()).toContain('till-5');
    await page.locator('#kiosk-name').fill('till-5');
    await page.locator('#pair').click();
    await expect
      .poll(() => page.locator('#pairing-said').textContent())
      .toMatch(/There is a kiosk of this name/);
  });

  it('keeps what is typed while it asks anew', async () => {
    const page = await open();
    await signIn(page);
    await page.locator('#kiosk-name').pressSequentially('till-');
    await page.waitForResponse(/technician\/view/, soon);
    await page.keyboard.type('77');
    expect(await page.locator('#kiosk-name').inputValue()).toBe('till-77');
  });

  it('is signed out by another PIN, shows nothing of the box any longer, and says why not before it', async () => {
    const page = await open();
    await signIn(page);
    await setPin(site, '2904715');
    await page.locator('#pin').waitFor(soon);
    expect(await page.locator('body').textContent()).not.toContain('leeds-1');
    await typePin(page, pin);
    await expect.poll(() => page.locator('#said').textContent()).toMatch(/^The PIN is wrong/);
    await signIn(page, '2904715');
    await page.locator('#sign-out').click();
    await page.locator('#pin').waitFor();
    await page.reload();
    await page.locator('#pin').waitFor();
  });

  it('is still signed in after it was loaded anew', async () => {
    const page = await open();
    await signIn(page);
    await page.reload();
    await page.locator('#rows').waitFor();
  });

  it('says that the box does not answer and that what it shows is old, and goes on once it answers', async () => {
    const page = await open();
    await signIn(page);
    await site.appliance.stop();
    await page.locator('#unanswered:visible').waitFor({ timeout: 30_000 });
    await expect.poll(() => page.locator('#age').textContent()).toMatch(/^As of \d\d s ago$/);
    await site.appliance.start();
    // A restart ends every session.
    await page.locator('#pin').waitFor({ timeout: 30_000 });
    await signIn(page);
    expect(await page.locator('#unanswered').isVisible()).toBe(false);
  });

  it('waits with who typed too many wrong PINs, and lets them in at once when another is set', async () => {
    const page = await open();
    for (let n = 0; n < 5; n++) {
      await page.locator('#sign-in:enabled').waitFor();
      await typePin(page, '915038');
      await page.waitForResponse(/technician\/session/);
    }
    await expect.poll(() => page.locator('#said').textContent()).toMatch(/looked at in (59 s|1 min)/);
    expect(await page.locator('#sign-in').isDisabled()).toBe(true);
    expect(await holdfast(site, ['status'])).toContain('technician_pin_tried');
    await setPin(site);
    await page.locator('#sign-in:enabled').waitFor(soon);
    await signIn(page);
  });

  it('without JavaScript says what to do instead', async () => {
    const page = await open({ javaScriptEnabled: false });
    expect(await page.locator('main').textContent()).toContain('holdfast status');
  });
});

it('a daemon that is killed while the doctor looks leaves nothing behind, and starts again', async () => {
  const page = await open();
  await signIn(page);
  await page.locator('#examine').click();
  await page.locator('#examine', { hasText: 'looks' }).waitFor(soon);
  await site.appliance.kill();
  await site.appliance.start();
  await page.locator('#pin').waitFor({ timeout: 30_000 });
  await signIn(page);
  await expect.poll(() => page.locator('#examined').textContent()).toMatch(/^About twenty checks/);
  const left = () => readdirSync(join(site.folder, 'appliance')).filter((name) => name.startsWith('.doctor'));
  await expect.poll(left, { timeout: 40_000 }).toEqual([]);
});

/** What a scanner would read of the picture: the browser itself has no reader, so the squares are compared with a fresh code. */
async function readQr(page: Page): Promise<string> {
  const { encode } = await import('uqr');
  const code = (await page.locator('#code').textContent()) ?? '';
  const drawn = (await page.locator('.qr path').getAttribute('d')) ?? '';
  const dark = encode(code, { ecc: 'M', border: 2 }).data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return drawn === dark.join('') ? code : 'another code';
}
