// Every screen of the technician's page, and how a person gets there: looked at by the judge of accessibility, and by whoever
// reads docs/technician-page.
import { createKioskClient } from '../../kiosk/client.ts';
import { memoryStorage } from '../../kiosk/storage.ts';
import type { Site } from '../../trial/site.ts';
import type { Page } from '../kiosk-page/browser.ts';
import { clearPin, setPin, signIn, typePin } from './box.ts';

export interface Screen {
  name: string;
  words: string;
  /** From the page as it is loaded, with a PIN set. */
  reach(page: Page, site: Site): Promise<void>;
}

/** Money that this box alone knows of. */
export async function sellOffline(site: Site): Promise<void> {
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl, storage: memoryStorage() });
  const payment = { token: 'tok_1', fingerprint: 'f1', scheme: 'visa', last4: '4242' } as const;
  const lines = [{ sku: 'HF-118', quantity: 200 }];
  await kiosk.checkout({ lines, currency: 'GBP', totalMinor: 378, payment, mode: 'offline_ok' });
}

const examined = async (page: Page) => {
  await page.locator('#examine').click();
  await page.locator('#found').waitFor({ timeout: 40_000 });
  await page.locator('#found').evaluate('(one) => one.scrollIntoView()');
};

export const screens: readonly Screen[] = [
  {
    name: 'no-pin',
    words: 'A box without a PIN',
    async reach(page, site) {
      await clearPin(site);
      await page.getByRole('heading', { name: 'No PIN is set' }).waitFor({ timeout: 10_000 });
      await setPin(site);
    },
  },
  { name: 'sign-in', words: 'Which PIN it is', reach: (page) => page.locator('#pin').waitFor() },
  {
    name: 'wrong-pin',
    words: 'A wrong PIN',
    async reach(page) {
      await typePin(page, '915038');
      await page.locator('#said', { hasText: 'wrong' }).waitFor();
    },
  },
  { name: 'board', words: 'How it is', reach: (page) => signIn(page) },
  {
    name: 'offline',
    words: 'The link is cut, and money is on this box only',
    async reach(page, site) {
      site.link.cut();
      await signIn(page);
      await page.locator('#rows', { hasText: 'Down for' }).waitFor({ timeout: 20_000 });
      await sellOffline(site);
      await page.locator('#rows', { hasText: 'worth' }).waitFor({ timeout: 20_000 });
    },
  },
  {
    name: 'doctor',
    words: 'What the doctor found',
    async reach(page) {
      await signIn(page);
      await examined(page);
    },
  },
  {
    name: 'pairing',
    words: 'A code for a kiosk',
    async reach(page) {
      await signIn(page);
      await page.locator('#kiosk-name').fill('till-9');
      await page.locator('#pair').click();
      await page.locator('.qr').waitFor();
    },
  },
  {
    name: 'silent',
    words: 'A box that does not answer',
    async reach(page) {
      await signIn(page);
      await page.route('**/v1/technician/view*', (route) => route.abort());
      await page.locator('#unanswered:visible').waitFor({ timeout: 30_000 });
    },
  },
  {
    name: 'waiting',
    words: 'Too many wrong PINs',
    async reach(page) {
      for (let n = 0; n < 5; n++) {
        await typePin(page, '915038');
        await page.locator('#said:not(:empty)').waitFor();
        if (n < 4) await page.locator('#sign-in:enabled').waitFor();
      }
      await page.locator('#said', { hasText: 'looked at in' }).waitFor();
    },
  },
];
