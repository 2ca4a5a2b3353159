// The reference kiosk page: where its parts meet. Read downwards it is what happens when the page is loaded.
import { createKioskClient } from '../../../kiosk/client.ts';
import { webStorage } from '../../../kiosk/storage.ts';
import { parseTill, type Till } from '../shop/till.ts';
import { createBannerBoard } from './board.ts';
import { type Counter, createCounter, type View } from './counter.ts';
import { byId, replace } from './element.ts';
import { askingScreen, notSoldScreen, soldScreen, unansweredScreen } from './ending.ts';
import { pairingScreen } from './pairing.ts';
import { chooseCard } from './payment.ts';
import { sellingScreen } from './selling.ts';

const tillKey = 'holdfast.till';
const tokenKey = 'holdfast.token';
const nameKey = 'holdfast.kiosk';

/** Quick attempts: a person stands there, and a sale without an answer is asked after again by the counter. */
const retry = { attemptMsMax: 4000, totalMsMax: 5000, delayMsMax: 1000 };
const storage = webStorage(localStorage);
const main = byId('main');
const till = {
  read: (): Till => parseTill(localStorage.getItem(tillKey)),
  write: (now: Till) => localStorage.setItem(tillKey, JSON.stringify(now)),
};
const board = createBannerBoard(announce);

scanAnywhere();
await untilAlone();
await open();

/** A scanner types wherever the focus is: away from fields and dialogs what it types belongs into the scan field. */
function scanAnywhere(): void {
  document.addEventListener('keydown', ({ key, target, ctrlKey, altKey, metaKey }) => {
    if (key.length !== 1 || key === ' ' || ctrlKey || altKey || metaKey) return;
    if (target instanceof HTMLInputElement || document.querySelector('dialog')) return;
    document.getElementById('scan')?.focus();
  });
}

/** One page at a time: two would sell one basket twice. */
async function untilAlone(): Promise<void> {
  const held = new Promise<void>((resolve) => {
    void navigator.locks.request('holdfast-kiosk', () => {
      resolve();
      return new Promise(() => {});
    });
  });
  const waiting = setTimeout(() => {
    replace(
      main,
      notSoldScreen(
        {
          headline: 'Open elsewhere',
          sentences: ['This kiosk is open in another tab. Go on there, or close it.'],
        },
        null,
      ),
    );
  }, 300);
  await held;
  clearTimeout(waiting);
}

/** Who this kiosk is, then what it was in the middle of. */
async function open(): Promise<void> {
  const token = localStorage.getItem(tokenKey);
  const name = localStorage.getItem(nameKey) ?? 'kiosk';
  const stop = new AbortController();
  const kiosk = createKioskClient({
    baseUrl: location.origin,
    storage,
    retry,
    signal: stop.signal,
    ...(token !== null && { token }),
  });
  const onTurnedAway = (words: string) => {
    if (stop.signal.aborted) return;
    stop.abort();
    void pairAnew(words);
  };
  board.called(name);
  const counter = createCounter({
    kiosk,
    till,
    by: name,
    currency: board.currency,
    online: board.online,
    announce,
    show: (view) => replace(main, ...screenOf(view, counter)),
    onTurnedAway,
    signal: stop.signal,
  });
  void board.follow(kiosk, {
    onFirst: () => void counter.start(),
    onChanged: () => void counter.refresh(),
    onTurnedAway,
  });
}

async function pairAnew(words: string): Promise<void> {
  const screen = await pairingScreen(words, { baseUrl: location.origin, storage, retry }, (paired) => {
    localStorage.setItem(tokenKey, paired.token);
    localStorage.setItem(nameKey, paired.kiosk.name);
  });
  replace(main, screen.element);
  await screen.paired;
  await open();
}

function screenOf(view: View, counter: Counter): HTMLElement[] {
  switch (view.kind) {
    case 'selling':
      return sellingScreen(view, counter, () => chooseCard((card) => void counter.pay(card)));
    case 'asking':
      return [askingScreen()];
    case 'unanswered':
      return [unansweredScreen(view.told, counter)];
    case 'sold':
      return [soldScreen(view, counter)];
    case 'not_sold':
      return [notSoldScreen(view.told, () => void counter.back())];
  }
}

function announce(words: string): void {
  byId('announcements').textContent = words;
}
