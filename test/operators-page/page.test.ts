// The operators' page in a real Chromium, of a real central: signing in, finding the box that is silent, reading its exposure,
// revoking a box, while others look too, and whatever names try to be.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser, type Page, type Visit, visit } from '../kiosk-page/browser.ts';
import { password, setUp, signIn } from './person.ts';
import { markup, openWorld, type World } from './world.ts';

let world: World;
let browser: Browser;
/** Signed in as an admin, each test in a browser of its own. */
let storageState: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
const visits: Visit[] = [];
/** A machine with other things to do takes its time. */
const expectSoon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld(), launchBrowser()]);
  const { page } = await open({});
  await setUp(page, world, world.invite('root', 'admin'));
  storageState = await page.context().storageState();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function open(options: Parameters<typeof visit>[2] = { storageState }): Promise<Visit> {
  const made = await visit(browser, world.url, { locale: 'en-GB', ...options }, '/');
  visits.push(made);
  return made;
}

describe('the operators’ page', () => {
  it('lets somebody in by a link that opens once, then by password and code, each code once', async () => {
    const link = world.invite('ann', 'viewer');
    const { page } = await open({});
    const secret = await setUp(page, world, link);
    await page.getByRole('button', { name: 'Sign out' }).click();
    const before = (await page.context().cookies()).length;
    expect(before, 'the cookie is gone').toBe(0);
    await signIn(page, 'ann', world.codeOf(secret));
    await page.getByRole('alert').getByText('is wrong').waitFor();
    world.pass(31_000);
    await signIn(page, 'ann', world.codeOf(secret), 'coffee after seven');
    await page.getByRole('alert').getByText('is wrong').waitFor();
    await signIn(page, 'ann', world.codeOf(secret));
    await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      name: '__Host-holdfast',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    });
    expect(await page.evaluate('document.cookie'), 'no script reads it').toBe('');
    await page.goto(link);
    await page.getByText('This link is closed').waitFor();
    expect(world.audited('session.begin')).toContainEqual({ actor: 'ann', about: 'person ann' });
  });

  it('begins with the box that is silent, and says what its silence may cost', async () => {
    const { page } = await open();
    const first = page.getByRole('row').nth(1);
    await expectSoon(() => first.textContent()).toMatch(/leeds-1.*Silent.*≥ £481\.20/);
    await page.getByRole('button', { name: /^Silent/ }).click();
    await expectSoon(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'leeds-1' }).click();
    await page.getByRole('heading', { name: 'leeds-1' }).waitFor();
    await expectSoon(() => page.locator('.lede').textContent()).toMatch(
      /Silent since (\d+ \w+, )?\d\d:\d\d .*Unsent at least 12, exposure at least £481\.20\./,
    );
  });

  it('shows a box as it speaks again, to everybody who looks', async () => {
    const [one, other] = [await open(), await open()];
    world.addBoxes(1);
    for (const { page } of [one, other]) await page.getByRole('row').nth(1).waitFor();
    const hull = (page: Page) => page.getByRole('row', { name: /hull-1/ }).textContent();
    await expectSoon(() => hull(one.page)).toMatch(/Disk filling/);
    world.hear('hull-1', 0);
    for (const { page } of [one, other]) await expectSoon(() => hull(page)).toMatch(/Selling online/);
  });

  it('revokes a box after it is named, with a reason, and another page shows it', async () => {
    const [one, other] = [await open(), await open()];
    await one.page.getByRole('link', { name: 'york-1' }).click();
    await one.page.getByRole('button', { name: 'Revoke' }).click();
    const yes = one.page.getByRole('button', { name: 'Revoke', exact: true });
    await one.page.getByLabel('Reason').fill('stolen on 12 March');
    expect(await yes.isDisabled(), 'not before it is named').toBe(true);
    await one.page.getByLabel('Type york-1').fill('york-1');
    await yes.click();
    await one.page.getByText('stolen on 12 March').waitFor();
    await expectSoon(() => other.page.getByRole('row', { name: /york-1/ }).textContent()).toMatch(/Ended/);
    expect(world.audited('appliance.revoke')).toEqual([{ actor: 'root', about: 'appliance york-1' }]);
  });

  it('offers nobody what their role may not do', async () => {
    const { page } = await open({});
    await setUp(page, world, world.invite('vic', 'viewer'));
    await page.getByRole('link', { name: 'leeds-1' }).click();
    await page.getByRole('region', { name: 'Identity' }).waitFor();
    expect(await page.getByRole('button', { name: 'Revoke' }).count()).toBe(0);
    await page.goto(`${world.url}/#/settings`);
    await page.getByRole('heading', { name: 'Your sessions' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Persons' }).count()).toBe(0);
  });

  it('finds a checkout by slip, card, amount and id', async () => {
    const { page } = await open();
    await page.getByRole('link', { name: 'leeds-1' }).waitFor();
    for (const text of ['17', '4242', '12.50', '£12.50']) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Slip number' }).fill(text);
      await page.getByRole('option', { name: 'Slip 17 · £12.50' }).first().waitFor();
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Slip number' }).fill('17');
    await page.getByRole('option', { name: 'Slip 17' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Checkout slip 17' }).waitFor();
    await page
      .getByRole('region', { name: 'Postings', exact: true })
      .getByText('receivable')
      .first()
      .waitFor();
  });

  it('stays a short table, however many appliances there are', async () => {
    world.addBoxes(10_000);
    const { page, asked } = await open();
    await expectSoon(() => page.locator('.title').textContent()).toContain('10003 of 10003');
    await expectSoon(() => asked.some((url) => url.endsWith('/v1/events'))).toBe(true);
    expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('10004');
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    expect(
      asked.filter((url) => url.endsWith('/v1/fleet-rows')),
      'all of it once',
    ).toHaveLength(1);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('box-09999');
    await expectSoon(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: 'Save view' }).click();
    await page.getByLabel('Name').fill('The last');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const text = readFileSync(await (await file).path(), 'utf8');
    expect(text.split('\r\n')).toHaveLength(3);
    await page.reload();
    await page.getByLabel('Saved views').selectOption('The last');
    await expectSoon(() => page.getByRole('row').count()).toBe(2);
    await page.getByLabel('Saved views').selectOption('');
    await expectSoon(() => page.locator('.title').textContent()).toContain('10003 of 10003');
    await page.getByRole('button', { name: 'Appliance' }).click();
    await page.getByRole('link', { name: 'box-00001' }).waitFor();
    await page.evaluate("document.querySelector('.long').scrollTop = 1e6");
    await page.getByRole('link', { name: 'york-1' }).waitFor();
  });

  it('changes a password, and what was signed in elsewhere is signed out', async () => {
    const [one, other] = [await open({}), await open({})];
    const secret = await setUp(one.page, world, world.invite('pat', 'support'));
    world.pass(31_000);
    await signIn(other.page, 'pat', world.codeOf(secret));
    await other.page.getByRole('heading', { name: 'Fleet' }).waitFor();
    await one.page.goto(`${world.url}/#/settings`);
    await one.page.getByRole('button', { name: 'Change password' }).click();
    await one.page.getByLabel('Present password').fill(password);
    await one.page.getByLabel('New password').fill('coffee after seven');
    await one.page.getByLabel('The same again').fill('coffee after seven');
    await one.page.getByRole('button', { name: 'Change', exact: true }).click();
    await one.page.getByRole('dialog').waitFor({ state: 'detached' });
    await other.page.getByRole('link', { name: 'leeds-1' }).click();
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('never took a name for markup, never asked another host, and never complained', async () => {
    const { page } = await open();
    await expectSoon(() => page.getByRole('row', { name: /leeds-1/ }).textContent()).toContain(markup);
    await page.getByRole('link', { name: 'leeds-1' }).click();
    await page.getByText(markup).first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('leeds-1 · Holdfast');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Slip number' }).fill('41');
    await page.getByRole('option', { name: 'Slip 41' }).click();
    await page.getByRole('region', { name: 'Goods, table' }).getByText(markup).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    expect(visits.flatMap(({ complaints }) => complaints)).toEqual([]);
    const hosts = new Set(
      visits
        .flatMap(({ asked }) => asked)
        .filter((url) => !url.startsWith('blob:'))
        .map((url) => new URL(url).origin),
    );
    expect([...hosts]).toEqual([world.url]);
  });

  it('without JavaScript says what to do instead', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator('main').textContent()).toContain('holdfast-central fleet list');
  });
});
