// What a person does for the fleet at the operators' page, in a real Chromium, of a real central: bringing a release out and seeing
// it come back. Boxes are acted out; everything else is what runs.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Browser,
  launchBrowser,
  type Page,
  phoneScreen,
  type Visit,
  visit,
} from '../kiosk-page/browser.ts';
import {
  bringBoxes,
  couldNot,
  draftCatalogue,
  findWithDoctor,
  newRelease,
  offerRelease,
  take,
  tellPast,
} from './boxes.ts';
import { setUp } from './person.ts';
import { markup, openWorld, type World } from './world.ts';

let world: World;
let browser: Browser;
let storageState: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;
const visits: Visit[] = [];
/** A machine with other things to do takes its time. */
const expectSoon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

beforeAll(async () => {
  [world, browser] = await Promise.all([openWorld('Leeds'), launchBrowser()]);
  const { page } = await open('fleet', {});
  await setUp(page, world, world.invite('root', 'admin'));
  storageState = await page.context().storageState();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function open(hash: string, options: Parameters<typeof visit>[2] = { storageState }): Promise<Visit> {
  const made = await visit(browser, world.url, { locale: 'en-GB', ...options }, `/#/${hash}`);
  visits.push(made);
  return made;
}

describe('the operators’ page', () => {
  it('starts a rollout, and shows the canary fail and everything go back, to whoever looks', async () => {
    const bath = bringBoxes(world, 'Bath', 10, 1);
    offerRelease(world);
    const { page } = await open('rollouts');
    await page.getByText('Nothing was rolled out yet').waitFor();
    await page.getByRole('link', { name: 'Start a rollout' }).click();
    await page.getByLabel('Release', { exact: true }).selectOption(newRelease);
    await page.getByLabel('Sites').fill('Bath');
    await page.getByLabel('Stages').fill('10, half');
    await page.getByRole('button', { name: 'Start …' }).click();
    await page.getByRole('alert').getByText('Stages: use a whole number').waitFor();
    await page.getByLabel('Stages').fill('30, 100');
    await page.getByRole('button', { name: 'Start …' }).click();
    const other = await open('rollouts');
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByRole('heading', { name: `1 · Release ${newRelease}` }).waitFor();
    await other.page.getByRole('heading', { name: `1 · Release ${newRelease}` }).waitFor();
    await page.getByRole('img', { name: 'Canary: 1 pending' }).waitFor();

    const { items } = world.inside.store.rolloutBoxes({ number: 1, state: 'given', after: -1, limit: 9 });
    const canary = items[0]?.applianceId ?? '';
    expect(bath).toContain(canary);
    take(world, canary, couldNot(1, 'exits_at_once'));
    await page.locator('.lede').getByText('1 of 1 boxes could not take it').waitFor({ timeout: 20_000 });
    await expectSoon(() => page.locator('main').textContent()).toContain('Exits at once');
    take(world, canary);
    await expectSoon(() => page.locator('.title').textContent()).toContain('Rolled back');
    await page.getByRole('img', { name: 'All boxes: 1 went back, 9 never got it' }).waitFor();
    await expectSoon(() => other.page.locator('main').textContent()).toContain('1 went back, 9 never got it');
    expect(await page.getByRole('button', { name: 'Abort' }).count(), 'there is nothing to abort').toBe(0);
  });

  it('pauses a rollout with a reason, as it was seen, and not for somebody who saw less', async () => {
    const { page } = await open('rollouts/new');
    await page.getByLabel('Change').selectOption('flags');
    await page.getByLabel('Flag', { exact: true }).fill('new-slip');
    await page.getByLabel('Sites').fill('Bath');
    await page.getByRole('button', { name: 'Start …' }).click();
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByRole('img', { name: 'Canary: 1 pending' }).waitFor({ timeout: 20_000 });
    const other = await open('rollouts/2');
    await other.page.getByRole('button', { name: 'Abort' }).click();
    await other.page.getByLabel('Reason').fill('wrong flag');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('Reason').fill('lunch hour');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('By hand: lunch hour').waitFor();
    await other.page.getByRole('button', { name: 'Abort', exact: true }).click();
    await other.page.getByRole('alert').getByText('look again').waitFor();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  it('brings a catalogue that waits as a draft, and says which boxes sell by it', async () => {
    const { page } = await open('rollouts/new');
    await page.getByLabel('Change').selectOption('catalogue');
    await page.getByText('No draft waits').waitFor();
    draftCatalogue(world, 'spring.csv', 5100);
    await page.reload();
    await page.getByLabel('Change').selectOption('catalogue');
    await page.getByLabel('Draft').selectOption({ label: '2: spring.csv, one product' });
    await page.getByLabel('Sites').fill('Bath');
    await page.getByLabel('Stages').fill('100');
    await page.getByRole('button', { name: 'Start …' }).click();
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.getByRole('heading', { name: '3 · Catalogue, version 2' }).waitFor();
    await page.getByRole('img', { name: 'Canary: 1 pending' }).waitFor({ timeout: 20_000 });
    const { items } = world.inside.store.rolloutBoxes({ number: 3, state: 'given', after: -1, limit: 9 });
    take(world, items[0]?.applianceId ?? '', { versions: { catalogue: 2, policy: 1 } });
    await page.getByRole('img', { name: 'Canary: 1 confirmed' }).waitFor({ timeout: 20_000 });
  });

  it('tells of four silent boxes of a site once, and is answered from a phone', async () => {
    const phone = await open('alerts', { storageState, viewport: phoneScreen, hasTouch: true });
    await phone.page.getByText('No window holds').waitFor();
    const derby = bringBoxes(world, 'Derby', 4, 1, 15 * 60_000);
    await world.watch();
    const { page } = phone;
    const card = page.getByRole('listitem').filter({ hasText: 'Derby, 4 boxes' });
    await card.waitFor();
    expect(await page.getByRole('link', { name: /derby-\d/ }).count(), 'one for all of them').toBe(0);
    await card.getByRole('button', { name: 'Acknowledge' }).tap();
    await page.getByLabel('Note').fill('calling the site');
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).tap();
    await card.getByText('Taken up').waitFor();
    await card.getByRole('link').tap();
    await page.getByRole('link', { name: 'derby-4' }).waitFor();
    await page.getByText('Taken up. calling the site').waitFor();
    for (const id of derby) world.hear(id, 0);
    await world.watch();
    await page.getByText('Well again').first().waitFor();
    expect(world.audited('alert.acknowledge')).toMatchObject([{ actor: 'root' }]);
  });

  it('draws how a box was, and says it to who does not see it', async () => {
    tellPast(world, 'york-1', 3);
    const { page } = await open('appliances/york-1');
    await page
      .getByRole('img', { name: /^Exposure: now £0\.00, least £0\.00, most £4\d\d\.\d\d$/ })
      .waitFor();
    for (const name of [/^Unsent: now/, /^Longest commit/, /^Disk free/, /^Memory/, /^Temperature: now/]) {
      await page.getByRole('img', { name }).waitFor();
    }
    const drawn = await page.evaluate(
      `[...document.querySelectorAll('.chart canvas')].map((one) => new Set(
        new Uint32Array(one.getContext('2d').getImageData(0, 0, one.width, one.height).data.buffer)).size)`,
    );
    expect(drawn).toHaveLength(6);
    for (const colours of drawn as number[]) expect(colours).toBeGreaterThan(3);
    const happened = page.getByRole('region', { name: 'What happened, table' });
    await expectSoon(() => happened.textContent()).toMatch(/Without a link.*50 min/);
  });

  it('asks a box for its doctor, says that it waits, and shows what was found as text', async () => {
    const { page } = await open('appliances/hull-1');
    const doctor = page.getByRole('region', { name: 'Doctor' });
    await doctor.getByText('It was not asked yet').waitFor();
    await doctor.getByRole('button', { name: 'Have it look' }).click();
    await doctor.getByRole('status').getByText('not answered yet').waitFor();
    expect(await doctor.getByRole('button', { name: 'Have it look' }).isDisabled()).toBe(true);
    const { id } = world.inside.store.doctorAsked('hull-1') ?? expect.fail('nobody asked');
    findWithDoctor(world, 'hull-1', id, `full of ${markup}`);
    world.hear('hull-1', 0, { conditions: [{ code: 'clock_wrong', forMs: 5000 }] });
    await doctor.getByText('1 error, 1 warning, 4 well.').waitFor();
    await doctor.getByText(`full of ${markup}`).waitFor();
    expect(await page.locator('main img').count(), 'words are words').toBe(0);
    await doctor.getByRole('button', { name: 'Have it look' }).click();
    await doctor.getByRole('status').getByText('not answered yet').waitFor();
    world.pass(121_000);
    const other = await open('appliances/hull-1');
    await other.page.getByRole('status').getByText('nothing came in time').waitFor();
    await other.page
      .getByRole('region', { name: 'Doctor' })
      .getByText('1 error, 1 warning, 4 well.')
      .waitFor();
  });

  it('finds in the audit log what one person did on one day, and takes it along', async () => {
    const { page } = await open('audit');
    const rows = page.getByRole('region', { name: 'Audit log, table' }).getByRole('row');
    await page.getByLabel('Who').fill('root');
    await page.getByLabel('Who').press('Enter');
    await page.getByRole('cell', { name: 'doctor.ask' }).first().waitFor();
    await page.getByLabel('Action').fill('doctor.ask');
    await page.getByLabel('Action').press('Enter');
    await expectSoon(() => rows.count()).toBe(3);
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const text = readFileSync(await (await file).path(), 'utf8');
    expect(text.trim().split('\r\n')).toHaveLength(3);
    await page.getByLabel('To', { exact: true }).fill('2020-01-01');
    await page.getByText('No record is so').waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('cell', { name: 'session.begin' }).first().waitFor();
  });

  it('makes a code, shows it once, and makes it unusable', async () => {
    const { page } = await open('enrolments');
    await page.getByText('No box is on its way').waitFor();
    await page.getByRole('button', { name: 'New code' }).click();
    await page.getByLabel('Name of the new site').fill('Whitby');
    await page.getByRole('button', { name: 'Make the code' }).click();
    const code = (await page.locator('.slip-code').textContent()) ?? '';
    expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4})+$/);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Cancel the code of whitby-1' }).click();
    await page.getByLabel('Reason').fill('the slip was lost');
    await page.getByRole('button', { name: 'Cancel the code', exact: true }).click();
    await page.getByText('No box is on its way').waitFor();
    expect(await page.content()).not.toContain(code);
    await page.goto(`${world.url}/#/audit`);
    await page.getByRole('cell', { name: 'enrolment.cancel' }).waitFor();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText(/^Whole: \d+ records/).waitFor();
  });

  it('never complained', () => {
    expect(visits.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
