// A real Chromium, from npm, that looks at a page of a real site: what it shows, what it asks for and what it complains
// of. The bundled browser is for x64 and needs the libraries that .ci/run names.
import bundled from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export type { Browser, Page };

/** A till's screen, a phone's, and a small phone's. */
export const tillScreen = { width: 1024, height: 768 };
export const phoneScreen = { width: 390, height: 844 };
export const smallPhoneScreen = { width: 360, height: 640 };

/** Its own sandbox does not start as root, which is who runs tests in a container. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await bundled.executablePath(),
    args: ['--no-sandbox', '--force-color-profile=srgb', '--font-render-hinting=none'],
  });
}

export interface Visit {
  page: Page;
  /** Errors of scripts, of the console and of the page's security policy, as they come. */
  complaints: string[];
  /** Every address that was asked for. */
  asked: string[];
  close(): Promise<void>;
}

/** Opens a page, the kiosk's unless told, as a browser of its own: nothing is shared with another visit. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  path = '/kiosk',
): Promise<Visit> {
  const context = await browser.newContext({ viewport: tillScreen, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // An answer of the appliance that refuses something is no fault of the page.
    const refused = /^Failed to load resource: .*\b(4\d\d|5\d\d|ERR_)/.test(message.text());
    if (message.type() === 'error' && !refused) complaints.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url + path);
  return { page, complaints, asked, close: () => context.close() };
}

/** What a scanner does: digits as quick as it can, and Enter. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
