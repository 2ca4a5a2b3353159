// The box that the technician's page is tried at: a real site, with the technician's own commands on it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { mainOf } from '../../provisioning/package/main-of.ts';
import type { Site } from '../../trial/site.ts';
import { type Browser, type Page, phoneScreen, type Visit, visit } from '../kiosk-page/browser.ts';

const daemonMain = mainOf('holdfast');

export const pin = '830527';

/** `holdfast …` at the site's appliance. @returns what it printed; @throws what it complained of */
export function holdfast(site: Site, args: readonly string[], input = ''): Promise<string> {
  const line = [daemonMain, ...args, '--config', join(site.folder, 'appliance.toml')];
  const child = spawn(process.execPath, line);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    said.stdout += data;
  });
  child.stderr.on('data', (data) => {
    said.stderr += data;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => (code === 0 ? resolve(said.stdout) : reject(new Error(said.stderr))));
  });
}

export const setPin = (site: Site, value = pin) => holdfast(site, ['pin', 'set', '--stdin'], `${value}\n`);
export const clearPin = (site: Site) => holdfast(site, ['pin', 'clear']);

/** Opens the page as a phone of its own. */
export function visitAsTechnician(
  browser: Browser,
  site: Site,
  options: Parameters<typeof visit>[2] = {},
): Promise<Visit> {
  return visit(browser, site.applianceUrl, { viewport: phoneScreen, hasTouch: true, ...options }, '/');
}

export async function typePin(page: Page, value = pin): Promise<void> {
  await page.locator('#pin').fill(value);
  await page.locator('#sign-in').click();
}

export async function signIn(page: Page, value = pin): Promise<void> {
  await typePin(page, value);
  await page.locator('#rows').waitFor();
}
