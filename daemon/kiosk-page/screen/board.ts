// What stands above every screen: which kiosk this is, the link, and the banner while the site sells on its own.
import type { Problem, Status } from '../../../contract/kiosk-api.ts';
import { type Banner, bannerOf } from '../../../kiosk/banner.ts';
import type { KioskEvent } from '../../../kiosk/events.ts';
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

export function createBannerBoard(announce: (words: string) => void) {
  let status: Status | null = null;
  let heardMs = 0;
  let shownKind: Banner['kind'] | null = null;
  let lostTimer: ReturnType<typeof setTimeout> | undefined;
  setInterval(() => status && draw(), tickMs);

  function draw(): boolean {
    const banner = bannerOf(status, performance.now() - heardMs);
    const changed = banner.kind !== shownKind;
    byId('link').dataset.kind = banner.kind;
    byId('link').textContent = linkWords[banner.kind];
    byId('banner').hidden = banner.kind === 'online';
    byId('banner').dataset.kind = banner.kind === 'offline' && banner.exhausted ? 'exhausted' : banner.kind;
    byId('banner').replaceChildren(...bannerText(banner));
    // Once for each change: nobody wants to hear the minutes run down.
    if (changed && shownKind !== null)
      announce(banner.kind === 'online' ? 'The link is back.' : banner.words);
    shownKind = banner.kind;
    return changed;
  }

  return {
    called(name: string) {
      byId('kiosk').textContent = name;
    },
    currency: () => status?.exposure.currency ?? null,
    /** Reads the events until they end. */
    async follow(events: AsyncIterable<KioskEvent>, { onFirst, onChanged, onTurnedAway }: Listeners) {
      let first = true;
      for await (const event of events) {
        if (event.kind === 'turned_away') return onTurnedAway(wordsOf(event.problem));
        if (event.kind === 'lost') {
          lostTimer ??= setTimeout(() => {
            status = null;
            if (draw()) onChanged();
          }, lostGraceMs);
        }
        if (event.kind !== 'status') continue;
        clearTimeout(lostTimer);
        lostTimer = undefined;
        status = event.status;
        heardMs = performance.now();
        byId('appliance').textContent = status.applianceId;
        const changed = draw();
        if (first) onFirst();
        else if (changed) onChanged();
        first = false;
      }
    },
  };
}

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
      return [
        element('strong', {}, 'The appliance does not answer'),
        element('span', {}, 'Nothing can be sold until it does.'),
      ];
    case 'offline': {
      const since = new Date(banner.sinceMs);
      const clock = since.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
      const day =
        since.toDateString() === new Date().toDateString() ? '' : `${since.toLocaleDateString('en-GB')} `;
      return [
        element(
          'strong',
          {},
          'No link since ',
          element('time', { datetime: since.toISOString() }, day + clock),
        ),
        element('span', {}, banner.words.replace(/^No link\b[.,] ?/, '')),
      ];
    }
  }
}

function wordsOf(problem: Problem): string {
  return problemWords(problem).join(' ');
}
