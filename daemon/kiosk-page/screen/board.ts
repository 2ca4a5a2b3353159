// What stands above every screen: which kiosk this is, the link, and the banner while the site sells on its own.
import type { Status } from '../../../contract/kiosk-api.ts';
import { type Banner, bannerOf } from '../../../kiosk/banner.ts';
import type { KioskClient } from '../../../kiosk/client.ts';
import { problemWords } from '../shop/words.ts';
import { byId, element } from './element.ts';

interface Listeners {
  /** The first status is here: there is something to sell by. */
  onFirst(): void;
  /** The link, or the appliance itself, has come or gone. */
  onChanged(): void;
  onTurnedAway(words: string): void;
}

/** A restart of the appliance is over sooner; the banner would only flicker. */
const lostGraceMs = 1500;
const tickMs = 10_000;
const askAfterMs = 500;

export function createBannerBoard(announce: (words: string) => void) {
  let status: Status | null = null;
  let heardMs = 0;
  let shownKind: ShownKind | null = null;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  setInterval(() => status && draw(), tickMs);

  /** @returns whether it is another banner than before */
  function draw(): boolean {
    const banner = bannerOf(status, performance.now() - heardMs);
    const kind = banner.kind === 'offline' && banner.exhausted ? 'exhausted' : banner.kind;
    const changed = kind !== shownKind;
    byId('link').dataset.kind = banner.kind;
    byId('link').textContent = linkWords[banner.kind];
    byId('banner').hidden = banner.kind === 'online';
    byId('banner').dataset.kind = kind;
    byId('banner').replaceChildren(...bannerText(banner));
    // Once for each change: nobody wants to hear the minutes run down.
    if (changed && shownKind !== null) {
      announce(banner.kind === 'online' ? 'The link is back.' : banner.words);
    }
    shownKind = kind;
    return changed;
  }

  /** @returns whether it is another banner than before */
  function hear(heard: Status): boolean {
    status = heard;
    heardMs = performance.now();
    byId('appliance').textContent = heard.applianceId;
    return draw();
  }

  /** What any kiosk sells leaves less to sell by; many sales at once are one question. */
  async function askWhatIsLeft(kiosk: KioskClient): Promise<void> {
    if (asking) return;
    asking = true;
    await new Promise((resolve) => setTimeout(resolve, askAfterMs));
    const answer = await kiosk.status();
    if (answer.kind === 'found') hear(answer.value);
    asking = false;
  }

  return {
    called(name: string) {
      byId('kiosk').textContent = name;
    },
    /** The site's; null until its policy is known. */
    currency: () => status?.exposure.currency ?? null,
    online: () => status?.link.kind === 'online',
    /** Reads the events until they end. */
    async follow(kiosk: KioskClient, { onFirst, onChanged, onTurnedAway }: Listeners) {
      let first = true;
      for await (const event of kiosk.events()) {
        switch (event.kind) {
          case 'turned_away':
            byId('link').textContent = 'Not paired';
            return onTurnedAway(problemWords(event.problem).join(' '));
          case 'lost':
            lostTimer ??= setTimeout(() => {
              status = null;
              if (draw()) onChanged();
            }, lostGraceMs);
            break;
          case 'status': {
            clearTimeout(lostTimer);
            lostTimer = undefined;
            const changed = hear(event.status);
            if (first) onFirst();
            else if (changed) onChanged();
            first = false;
            break;
          }
          case 'document':
          case 'decision':
          case 'outcome':
          case 'restart':
            if (status?.link.kind !== 'online') void askWhatIsLeft(kiosk);
        }
      }
    },
  };
}

type ShownKind = Banner['kind'] | 'exhausted';

const linkWords: Record<Banner['kind'], string> = {
  online: 'Link up',
  offline: 'No link',
  unreachable: 'No appliance',
};

function bannerText(banner: Banner): Node[] {
  switch (banner.kind) {
    case 'online':
      return [];
    case 'unreachable':
      return [element('span', {}, banner.words)];
    case 'offline': {
      const since = new Date(banner.sinceMs);
      const time = element('time', { datetime: since.toISOString() }, sinceText(since, new Date()));
      return [element('strong', {}, 'Offline since ', time), element('span', {}, banner.words)];
    }
  }
}

/** The time, and the day where it is not today's. */
function sinceText(since: Date, now: Date): string {
  const time = since.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return since.toDateString() === now.toDateString()
    ? time
    : `${time} on ${since.toLocaleDateString('en-GB')}`;
}
