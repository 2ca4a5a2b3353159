// What a person does at the operators' page to be let in.
import type { Page } from '../kiosk-page/browser.ts';
import type { World } from './world.ts';

export const password = 'tea before seven';

/** By a one-time link: chooses the password and sets up the app. @returns the app's secret */
export async function setUp(page: Page, world: World, link: string): Promise<string> {
  await page.goto(link);
  const secret = (await page.locator('.secret').textContent()) ?? '';
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByLabel('Code from your app').fill(world.codeOf(secret));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  return secret;
}

export async function signIn(page: Page, name: string, code: string, typed = password): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(typed);
  await page.getByLabel('Code from your app').fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** From wherever the page is left: questions are closed, and the fleet is shown, as it is after signing in. */
export async function backToFleet(page: Page, world: World): Promise<void> {
  while ((await page.locator('dialog').count()) > 0) await page.keyboard.press('Escape');
  await page.goto(`${world.url}/#/fleet`);
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
}
