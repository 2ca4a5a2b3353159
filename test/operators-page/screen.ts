// A screen of the operators' page, and how a person gets there.
import type { Page } from '../kiosk-page/browser.ts';
import type { World } from './world.ts';

export interface Screen {
  name: string;
  words: string;
  signedIn: boolean;
  /** Used on a phone, too. */
  phone?: true;
  /** From the page as it is loaded, signed in as an admin where that is needed. */
  reach(page: Page, world: World): Promise<void>;
}
