// A few kiosks selling at a humane pace through the SDK, as a shop's own program would: one sale at a time, and no new
// one before the fate of the last is known.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Product } from '../../contract/feed.ts';
import { createKioskClient, type KioskClient, type Submission } from '../../kiosk/client.ts';
import { fileStorage } from '../../kiosk/file-storage.ts';
import { formatMoney } from '../money-text.ts';
import { currency, fillBasket, withStalePrice } from './shopping.ts';

export interface KioskOptions {
  applianceUrl: string;
  count: number;
  products: readonly Product[];
  /** Each kiosk keeps its unanswered requests in a folder of its own below. */
  folder: string;
  onEvent: (text: string) => void;
  /** Closing time: no new shoppers, the sale at hand is brought to its end. */
  closing: AbortSignal;
  /** Ends a sale at hand too; it is kept and asked again at the next start. */
  signal: AbortSignal;
}

const paceMsMin = 1200;
const paceMsSpread = 2600;

/** Resolves when every kiosk has closed. */
export async function runKiosks(options: KioskOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.count }, (_, i) => runKiosk(i + 1, options)));
}

async function runKiosk(number: number, options: KioskOptions): Promise<void> {
  const { applianceUrl, products, folder, onEvent, closing, signal } = options;
  const storage = fileStorage(join(folder, `kiosk-${number}`));
  const kiosk = createKioskClient({ baseUrl: applianceUrl, storage, signal });
  const say = (what: string, submission: Submission) => {
    if (!signal.aborted) onEvent(`kiosk ${number}  ${what.padEnd(9)} ${outcomeText(submission)}`);
  };
  const rest = (ms: number) => sleep(ms, undefined, { signal: closing }).catch(() => {});

  await rest(Math.random() * paceMsMin);
  while (!closing.aborted) {
    for (const late of await kiosk.resume()) say('asked again', late);
    if ((await kiosk.unanswered()).length > 0) {
      await rest(paceMsMin);
      continue;
    }
    await sellOnce(kiosk, products, say);
    await rest(paceMsMin + Math.random() * paceMsSpread);
  }
}

/** One shopper; a few out of a hundred change their mind, bring something back, or meet a wrong label. */
async function sellOnce(
  kiosk: KioskClient,
  products: readonly Product[],
  say: (what: string, submission: Submission) => void,
): Promise<void> {
  const luck = Math.random();
  const basket = luck < 0.03 ? withStalePrice(products) : fillBasket(products, Math.random);
  const sale = await kiosk.checkout(basket);
  say('checkout', sale);
  if (sale.kind !== 'approved') return;
  if (luck > 0.97) say('void', await kiosk.void(sale.id, { reason: 'shopper changed their mind' }));
  else if (luck > 0.94) {
    const totalMinor = Math.ceil(basket.totalMinor / 2);
    say('refund', await kiosk.refund({ checkoutId: sale.id, currency, totalMinor, reason: 'brought back' }));
  }
}

function outcomeText(submission: Submission): string {
  switch (submission.kind) {
    case 'approved': {
      const { totalMinor, slip } = submission.answer;
      const money = totalMinor === undefined ? '' : formatMoney(totalMinor, currency);
      return `${money.padStart(11)}  approved${slip === undefined ? '' : `, slip ${slip}`}`;
    }
    case 'declined':
    case 'refused':
      return `${''.padStart(11)}  refused: ${submission.answer.reasons.map(({ code }) => code).join(', ')}`;
    case 'invalid':
      return `${''.padStart(11)}  not taken: ${submission.problem.code}`;
    case 'unavailable':
      return `${''.padStart(11)}  no answer (${submission.reason}), asking again`;
  }
}
