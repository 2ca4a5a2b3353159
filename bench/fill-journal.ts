// Fills a journal through the store itself, in large batches: what a busy site has after a long time.
import { hash, randomUUID } from 'node:crypto';
import { Checkout } from '../contract/checkout.ts';
import type { Position } from '../daemon/store/commands.ts';
import { openStore } from '../daemon/store/store.ts';
import { systemClock } from '../kit/clock.ts';
import { seededRandom } from '../kit/seeded-random.ts';
import { basket, sellingFeed } from './baskets.ts';

const batchItems = 2000;

/** Leaves `rows` entries in the journal of `folder`. */
export function fillJournal(folder: string, rows: number, say: (text: string) => void): void {
  const space = { bytesMax: 64 * 1024 ** 3, reserveBytes: 0 };
  const store = openStore({ folder, space, clock: systemClock() });
  const random = seededRandom(5);
  const [position] = store.execute([{ kind: 'position' }]) as [Position];
  // A store that follows central's feed already has these products from there.
  if (position.feedId === null) {
    store.execute([{ kind: 'feed', feedId: randomUUID(), firstPosition: 1, items: sellingFeed() }]);
  }
  for (let filled = 0; filled < rows; filled += batchItems) {
    store.execute(
      Array.from({ length: Math.min(batchItems, rows - filled) }, () => {
        const { id, body } = basket(random);
        const checkout = Checkout.parse(JSON.parse(body));
        return { kind: 'checkout', id, requestHash: hash('sha256', `checkout\n${body}`), checkout } as const;
      }),
    );
    if (filled % 500_000 === 0) say(`  filling: ${filled} of ${rows} rows`);
  }
  store.close();
}
