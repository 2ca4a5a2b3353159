// Every screen of the operators' page, and how a person gets there: looked at by the judge of accessibility, and by whoever reads
// docs/screens.
import type { Page } from '../kiosk-page/browser.ts';
import { moneyScreens } from './money-screens.ts';
import type { Screen } from './screen.ts';
import type { World } from './world.ts';

const open = (page: Page, world: World, hash: string) => page.goto(`${world.url}/#/${hash}`);

export const screens: readonly Screen[] = [
  {
    name: 'sign-in',
    words: 'Signing in',
    phone: true,
    signedIn: false,
    reach: (page) => page.getByRole('heading', { name: 'Sign in' }).waitFor(),
  },
  {
    name: 'welcome',
    words: 'Setting up by a link',
    signedIn: false,
    async reach(page, world) {
      await page.goto(world.invite(`bob${Math.random().toString(36).slice(2, 8)}`, 'support'));
      await page.locator('.qr').waitFor();
    },
  },
  {
    name: 'fleet',
    words: 'The fleet',
    phone: true,
    signedIn: true,
    reach: (page) => page.getByRole('link', { name: 'leeds-1' }).waitFor(),
  },
  {
    name: 'silent',
    words: 'A box that is silent',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'appliances/leeds-1');
      await page.getByRole('button', { name: 'Revoke' }).waitFor();
      await page.getByRole('region', { name: 'Last checkouts' }).last().waitFor();
    },
  },
  {
    name: 'revoke',
    words: 'Asking before a box is revoked',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'appliances/york-1');
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByLabel('Reason').fill('stolen');
    },
  },
  {
    name: 'find',
    words: 'Finding a checkout',
    signedIn: true,
    async reach(page) {
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('combobox', { name: 'Slip number' }).fill('17');
      await page.getByRole('option', { name: 'Slip 17' }).waitFor();
    },
  },
  {
    name: 'checkout',
    words: 'A checkout',
    phone: true,
    signedIn: true,
    async reach(page) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Slip number' }).fill('48.20');
      await page.getByRole('option', { name: 'Slip 41' }).click();
      await page.getByRole('region', { name: 'Postings' }).last().waitFor();
    },
  },
  ...moneyScreens,
  {
    name: 'settings',
    words: 'Settings',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'settings');
      await page.getByRole('button', { name: 'Role … ann' }).waitFor();
      await page.getByText('this one').waitFor();
    },
  },
  {
    name: 'alerts',
    words: 'Alerts',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'alerts');
      await page.getByRole('link', { name: 'Silent · Derby, 4 boxes' }).waitFor();
      await page.getByRole('cell', { name: 'new power supply' }).waitFor();
    },
  },
  {
    name: 'alert',
    words: 'An alert of a site',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'alerts');
      await page.getByRole('link', { name: 'Silent · Derby, 4 boxes' }).click();
      await page.getByRole('link', { name: 'derby-4' }).waitFor();
    },
  },
  {
    name: 'charts',
    words: 'How a box was',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'appliances/bath-1');
      await page.getByRole('img', { name: /^Exposure: now £0\.00, least/ }).waitFor();
      await page.getByRole('img', { name: /^Longest commit: now/ }).waitFor();
      await page.getByRole('region', { name: 'Over time' }).last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'doctor',
    words: 'What a box’s doctor found',
    phone: true,
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'appliances/bath-1');
      const doctor = page.getByRole('region', { name: 'Doctor' });
      await doctor.getByText('1 error, 1 warning').waitFor();
      await doctor.getByText('What is well').click();
      await doctor.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'rollouts',
    words: 'Rollouts',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'rollouts');
      await page.getByRole('link', { name: /^1 · / }).waitFor();
    },
  },
  {
    name: 'rollout',
    words: 'A rollout that goes on',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'rollouts/2');
      await page.getByRole('cell', { name: 'Canary' }).waitFor();
      await page.getByText('Begun for').waitFor();
    },
  },
  {
    name: 'rolled-back',
    words: 'A rollout that came back',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'rollouts/1');
      await page.getByRole('cell', { name: 'Exits at once' }).waitFor();
      await page.getByText('Begun for').waitFor();
    },
  },
  {
    name: 'rollout-start',
    words: 'Starting a rollout',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'rollouts/new');
      await page.getByLabel('Release', { exact: true }).selectOption('1.5.0');
      await page.getByLabel('Sites').fill('Bath');
    },
  },
  {
    name: 'enrolments',
    words: 'Boxes on their way',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'enrolments');
      await page
        .getByRole('cell', { name: /Waits for its box/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'slip',
    words: 'A slip, shown once',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'enrolments');
      await page.getByRole('button', { name: 'New code' }).click();
      await page.getByLabel('Site', { exact: true }).selectOption('Bath');
      await page.getByRole('button', { name: 'Make the code' }).click();
      await page.locator('.slip .qr').waitFor();
    },
  },
  {
    name: 'audit',
    words: 'The audit log',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'audit');
      await page.getByRole('button', { name: 'Verify the chain' }).click();
      await page.getByText(/^Whole: \d+ records/).waitFor();
      await page.getByRole('cell', { name: 'rollout.create' }).first().waitFor();
    },
  },
  {
    name: 'latency',
    words: 'How long each hop takes',
    signedIn: true,
    async reach(page, world) {
      await open(page, world, 'latency');
      await page.getByRole('region', { name: 'Booking' }).waitFor();
    },
  },
];
