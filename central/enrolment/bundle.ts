// A bundle for a site without a link: the slip, whom to trust, and the appliance's feed from its beginning, in the frames
// that would have come down. So the box applies what it would have applied, and goes on from there at its first contact.
import type { KeyObject } from 'node:crypto';
import { Bundle } from '../../contract/bundle.ts';
import { FeedItem } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { seal } from '../../kit/sealed-file.ts';
import { compress } from '../../kit/zstd.ts';
import { feedFrame } from '../intake/answers.ts';
import type { FeedPage } from '../ledger/port.ts';

export interface BundleParts extends Omit<Bundle, 'v' | 'feed'> {
  /** The feed from position 1 to its head. */
  pages: readonly FeedPage[];
  signingKey: KeyObject;
}

/** The file, sealed by the passphrase. */
export async function makeBundle(
  { pages, signingKey, ...rest }: BundleParts,
  passphrase: string,
): Promise<Buffer> {
  const feed: string[] = [];
  for (const page of pages) {
    feed.push((await feedFrame(signingKey, rest.slip.appliance, page)).toString('base64'));
  }
  const bundle = Bundle.parse({ v: 1, ...rest, feed });
  return seal(await compress(Buffer.from(JSON.stringify(bundle))), passphrase);
}

/** Reads a feed from its beginning, in pages as they fit into frames. */
export function wholeFeed(pageAfter: (after: number) => FeedPage | null): FeedPage[] {
  const pages: FeedPage[] = [];
  for (let after = 0; ; ) {
    const page = pageAfter(after);
    if (page === null || page.items.length === 0) return pages;
    pages.push(page);
    after += page.items.length;
  }
}

export const bundlePage = { itemsMax: limits.frameItemsMax, bytesMax: limits.frameRawBytesMax };

/** Whether a box can sell by it: there is a catalogue in it. */
export function holdsCatalogue(pages: readonly FeedPage[]): boolean {
  return pages.some(({ items }) =>
    items.some((item) => FeedItem.parse(JSON.parse(Buffer.from(item).toString())).kind === 'catalogue'),
  );
}
