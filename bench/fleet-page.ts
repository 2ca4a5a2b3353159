// The operators' page of a large fleet in a real Chromium: how long until its first rows are painted, and whether it stays smooth while
// the fleet changes under it.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { assert } from '../kit/assert.ts';
import { type Browser, launchBrowser, type Page } from '../test/kiosk-page/browser.ts';
import { median, round } from './report.ts';

type Context = ReturnType<Page['context']>;
type StorageState = Awaited<ReturnType<Context['storageState']>>;

export interface SignedIn {
  browser: Browser;
  storageState: StorageState;
  /** As a browser sends it. */
  cookie: string;
}

/** A person is invited, follows the link, and chooses a password, as everybody does. */
export async function signInAt(url: string, operatorKey: string): Promise<SignedIn> {
  const answer = await fetch(`${url}/v1/persons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', role: 'viewer' }),
  });
  const { link } = (await answer.json()) as { link: string };
  const browser = await launchBrowser();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/#/welcome/${link.split('/').at(-1)}`);
  await page.getByLabel('New password').fill('tea before seven');
  await page.getByLabel('The same again').fill('tea before seven');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Fleet' }).waitFor();
  const storageState = await context.storageState();
  await context.close();
  return {
    browser,
    storageState,
    cookie: storageState.cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
  };
}

/** When a frame with what matches was made, in `saw`, by the clock that began when the page was asked for. */
const seen = (matches: string) => `window.saw = new Promise((resolve) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(${JSON.stringify(matches)})) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  }).observe(document, { subtree: true, childList: true });
})`;

const screen = { width: 1440, height: 900 };
const loads = 5;

/** As a browser that was never there: nothing is in its cache. @param stayMs how long it stays, and what it asked for until then */
async function paint(
  browser: Browser,
  url: string,
  matches: string,
  storageState?: StorageState,
  stayMs = 0,
) {
  const context = await browser.newContext({ viewport: screen, ...(storageState && { storageState }) });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.addInitScript(seen(matches));
  await page.goto(url);
  const ms = Number(await page.evaluate('window.saw'));
  await sleep(stayMs);
  await context.close();
  return { ms, asked };
}

/** From asking for the page to the first rows of a whole fleet; beside it, by turns, the page that has nobody signed in. */
export async function paintFigures({ browser, storageState }: SignedIn, url: string, rows: number) {
  const whole = `table[aria-rowcount="${rows + 1}"] tr[aria-rowindex="2"]`;
  const [alone, first]: [number[], number[]] = [[], []];
  // The page's files are made when one is first asked for, from the sources.
  await paint(browser, url, 'form');
  for (let n = 0; n < loads; n++) {
    alone.push((await paint(browser, url, 'form')).ms);
    first.push((await paint(browser, url, whole, storageState)).ms);
  }
  const { asked } = await paint(browser, url, whole, storageState, 5000);
  return {
    listFirstPaintMs: round(median(first), 0),
    listFirstPaintMsMax: round(Math.max(...first), 0),
    signInFirstPaintMs: round(median(alone), 0),
    listReads: asked.filter((path) => path === '/v1/fleet-rows').length,
    loads,
  };
}

/** What the rows of the whole fleet are on the way. */
export async function listSize(url: string, cookie: string): Promise<{ listKB: number; listSentKB: number }> {
  const [plain, zipped] = [{ cookie }, { cookie, 'accept-encoding': 'gzip' }];
  const lengths = [plain, zipped].map(async (headers) => {
    const answering = once(get(`${url}/v1/fleet-rows`, { headers }), 'response');
    const [answer] = (await answering) as [IncomingMessage];
    let bytes = 0;
    for await (const piece of answer) bytes += (piece as Buffer).length;
    return round(bytes / 1000, 0);
  });
  const [listKB = 0, listSentKB = 0] = await Promise.all(lengths);
  return { listKB, listSentKB };
}

/** What of it takes long while the fleet goes on changing. */
export async function smoothness({ browser, storageState }: SignedIn, url: string, seconds: number) {
  const context = await browser.newContext({ viewport: screen, storageState });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('tr[aria-rowindex="2"]').waitFor();
  await sleep(5000);
  await page.evaluate(`(() => {
    const log = { tasks: [], frames: [], changes: 0 };
    window.log = log;
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) log.tasks.push(duration); })
      .observe({ type: 'longtask' });
    new MutationObserver(() => { log.changes++; })
      .observe(document.querySelector('.long'), { subtree: true, childList: true, characterData: true });
    let before = performance.now();
    const frame = (now) => { log.frames.push(now - before); before = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  })()`);
  await sleep(seconds * 1000);
  const { tasks, frames, changes } = (await page.evaluate('window.log')) as {
    tasks: number[];
    frames: number[];
    changes: number;
  };
  await context.close();
  const sorted = frames.sort((a, b) => a - b);
  return {
    seconds,
    changes,
    /** Tasks of more than 50 ms, by the browser's own count. */
    longTasks: tasks.length,
    longestTaskMs: round(Math.max(0, ...tasks), 0),
    frameMs: {
      median: round(median(sorted), 1),
      p99: round(sorted[Math.floor(sorted.length * 0.99)] ?? 0, 1),
    },
  };
}

/** All JavaScript of the page, as it is served. */
export async function pageSize(url: string) {
  const html = await (await fetch(url)).text();
  const scripts = [...html.matchAll(/src="(.+?\.js)"/g)].map(([, path = '']) => path);
  const kilobytes: Record<string, number> = {};
  for (const path of scripts) {
    const body = await (await fetch(url + path)).text();
    kilobytes[path.replace(/^.*\/|-[0-9a-f]+(?=\.js)/g, '')] = round(
      gzipSync(body, { level: 9 }).length / 1000,
      1,
    );
  }
  return {
    pageGzipKB: round(
      Object.values(kilobytes).reduce((sum, one) => sum + one, 0),
      1,
    ),
    scripts: kilobytes,
  };
}

/** The control of the machine: how long it took for the same work each time, and how long it worked at that. */
export function loop(): { wallMs: number; coreMs: number } {
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  let x = 1;
  for (let n = 0; n < 100_000_000; n++) x = (Math.imul(x, 48_271) + n) | 0;
  const { user, system } = process.cpuUsage(before);
  // Used, so that it is not left out.
  assert(Number.isInteger(x), 'a loop comes to a number');
  return { wallMs: round(performance.now() - startMs, 0), coreMs: round((user + system) / 1000, 0) };
}
