// What keeps somebody out of a page: judged by axe, and by a ruler.
import axe from 'axe-core';
import type { Page } from './browser.ts';

const touchPxMin = 48;

/** A screen and the light in which a page is looked at. */
export interface Look {
  words: string;
  viewport: { width: number; height: number };
  colorScheme: 'light' | 'dark';
}

/** What keeps somebody out of the page as it stands, in each of these looks; one line each. */
export async function barriersOn(page: Page, looks: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const { words, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const beside = (await fitsTheWidth(page)) ? [] : ['something lies beside the screen'];
    const barriers = [...(await violationsOn(page)), ...(await tooSmallOn(page)), ...beside];
    found.push(...barriers.map((barrier) => `on ${words}: ${barrier}`));
  }
  return found;
}

/** What axe finds against WCAG 2.2 A and AA and good practice, as one line each. */
export async function violationsOn(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // Of what passes nothing is told: to write it all down takes longer than to look.
  const how = { runOnly: tags, resultTypes: ['violations'] } satisfies axe.RunOptions;
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify(how)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
  );
}

/** Buttons and fields too small for a finger. */
export async function tooSmallOn(page: Page): Promise<string[]> {
  const small: string[] = [];
  for (const control of await page.locator('button:visible, input:visible, select:visible').all()) {
    const { width = 0, height = 0 } = (await control.boundingBox()) ?? {};
    if (width < touchPxMin || height < touchPxMin) {
      small.push(`${await control.evaluate('(one) => one.outerHTML')} ${width}×${height}`);
    }
  }
  return small;
}

/** Whether nothing lies beside the screen. */
export function fitsTheWidth(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= innerWidth');
}
