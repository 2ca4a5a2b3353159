// The site in a box, or a few boxes at its central: opened one after the other, each where it stood before.
import { existsSync } from 'node:fs';
import { openBox } from '../box.ts';
import type { Program } from '../program.ts';
import { type Box, openSite, type Site, type SiteOptions } from '../site.ts';
import { boxFilesOf } from '../site-folder.ts';

export interface Boxes {
  site: Site;
  all: readonly [Box, ...Box[]];
  /** What sends first, what receives last. */
  stop(): Promise<void>;
}

/** Two boxes at each place. */
const places = ['Leeds', 'York', 'Hull', 'Bath', 'Derby', 'Kendal', 'Truro', 'Ludlow', 'Whitby', 'Ely'];
const placeOf = (index: number) => places[Math.floor(index / 2) % places.length] ?? '';
/** The first one's is openSite's own. */
const idOf = (index: number) => `appliance-${index + 1}`;
/** At the same time: a start is the work of a processor. */
const openingMax = 2;

/** @param wanted how many; never fewer than the folder has: the ledger is of all of them */
export async function openBoxes(
  wanted: number,
  options: Omit<SiteOptions, 'place' | 'applianceId'> & { onCrash: (program: Program, how: string) => void },
): Promise<Boxes> {
  let count = wanted;
  while (existsSync(boxFilesOf(options.folder, idOf(count)).record)) count++;
  const site = await openSite({ ...options, ...(count > 1 && { place: placeOf(0) }) });
  const more: (Awaited<ReturnType<typeof openBox>> | undefined)[] = [];
  const stop = async () => {
    await Promise.all(more.map((box) => box?.stop()));
    await site.stop();
  };
  try {
    let next = 1;
    const openSome = async () => {
      while (next < count) {
        const index = next++;
        const applianceId = idOf(index);
        options.onStep?.(`starting ${applianceId}`);
        more[index - 1] = await openBox(site, {
          applianceId,
          place: placeOf(index),
          onCrash: options.onCrash,
        });
      }
    };
    // All of them come to an end before anything is stopped.
    const ends = await Promise.allSettled(Array.from({ length: openingMax }, openSome));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return { site, all: [site, ...more.filter((box) => box !== undefined)], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
