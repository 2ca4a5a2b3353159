// Ctrl-K: a checkout by what a customer can say of it, an appliance or a site by a part of its name, a screen by its own.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FoundCheckout } from '../port.ts';
import { shownRows, wholeFleet } from '../said/fleet-view.ts';
import type { FleetRow } from '../said/row.ts';
import { moneyWords, plainWords, stateWords } from '../said/words.ts';
import { read } from './ask.ts';
import { Dialog } from './parts/dialog.tsx';
import { Time } from './parts/time.tsx';
import { go, to } from './route.ts';
import { checkoutAddress } from './screens/checkout-table.tsx';
import { screens } from './screens.tsx';

interface Hit {
  address: string;
  title: string;
  about: string;
  atMs?: number;
}

const appliancesMax = 8;
const typingMs = 200;

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [rows, setRows] = useState<FleetRow[]>([]);
  const [checkouts, setCheckouts] = useState<Hit[]>([]);
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    input.current?.focus();
    void read<{ items: FleetRow[] }>('/v1/fleet-rows').then((answer) => {
      if (answer.kind === 'answered') setRows(answer.value.items);
    });
  }, []);
  useEffect(() => {
    setChosen(0);
    const typed = text.trim();
    if (typed === '') return setCheckouts([]);
    let current = true;
    const timer = setTimeout(async () => {
      const answer = await read<{ items: FoundCheckout[] }>(
        `/v1/search?q=${encodeURIComponent(typed.slice(0, 64))}`,
      );
      if (current) setCheckouts(answer.kind === 'answered' ? answer.value.items.map(checkoutHit) : []);
    }, typingMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text]);

  const hits = useMemo(() => [...checkouts, ...placesOf(text, rows)], [checkouts, rows, text]);
  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    go(hit.address);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') open(hits[chosen]);
    else if (step !== undefined && hits.length > 0) setChosen((chosen + step + hits.length) % hits.length);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find" onClose={onClose}>
      <input
        ref={input}
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: without a list of the browser’s own it is no combobox by itself.
        role="combobox"
        list={undefined}
        aria-expanded={hits.length > 0}
        aria-controls="hits"
        aria-activedescendant={hits.length > 0 ? `hit-${chosen}` : undefined}
        aria-label="Slip number, checkout id, last four digits, amount, appliance or site"
        placeholder="Slip number, id, last four digits, 12.50 or 1250 JPY, appliance, site"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div id="hits" role="listbox" aria-label="Found">
        {hits.map((hit, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, as in every combobox.
          <div
            key={hit.address}
            id={`hit-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            class="hit"
            onClick={() => open(hit)}
          >
            <b>{hit.title}</b>
            <span class="quiet">
              {hit.about} {hit.atMs !== undefined && <Time ms={hit.atMs} />}
            </span>
          </div>
        ))}
      </div>
      {text.trim() !== '' && hits.length === 0 && (
        <p class="quiet">
          Nothing is found. An amount is written with the decimals of its currency: 12.50, £12.50, 1250 JPY.
        </p>
      )}
    </Dialog>
  );
}

function checkoutHit(found: FoundCheckout): Hit {
  const { slip, currency, totalMinor, last4, applianceId, site, verdict, atMs } = found;
  return {
    address: checkoutAddress(found),
    title: `${slip === null ? plainWords(found.kind) : `Slip ${slip}`} · ${moneyWords(totalMinor, currency)}`,
    about: [last4 && `card ${last4}`, plainWords(verdict), site ?? applianceId].filter(Boolean).join(' · '),
    atMs,
  };
}

function placesOf(text: string, rows: readonly FleetRow[]): Hit[] {
  const typed = text.trim().toLowerCase();
  const named = screens.filter(({ title }) => title.toLowerCase().includes(typed));
  const found = typed === '' ? [] : shownRows(rows, { ...wholeFleet, text: typed }).slice(0, appliancesMax);
  return [
    ...found.map(({ id, site, state }) => ({
      address: to('appliances', id),
      title: id,
      about: `${site ?? 'no site'} · ${stateWords[state].words}`,
    })),
    ...named.map(({ path, title }) => ({ address: to(path), title, about: 'Screen' })),
  ];
}
