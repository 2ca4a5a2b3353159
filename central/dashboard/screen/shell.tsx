// What stands around every screen: the way to the others, the search, the light, the zone of times, and whether the page is live.
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { read } from './ask.ts';
import { openLive } from './live.ts';
import { Palette } from './palette.tsx';
import { Empty } from './parts/empty.tsx';
import { ownZone, ZoneContext } from './parts/time.tsx';
import { to, usePlace } from './route.ts';
import { innerScreens, screens } from './screens.tsx';
import { useSession } from './session.ts';

const lights = ['auto', 'light', 'dark'] as const;
type Light = (typeof lights)[number];

export function Shell() {
  const { own, leave } = useSession();
  const place = usePlace();
  const [finding, setFinding] = useState(false);
  const [live, setLive] = useState(true);
  const zone = useZone();

  // Before any screen reads: what it reads then needs no second look.
  useLayoutEffect(() => openLive(setLive), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setFinding(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const at = place.path[0] === '' ? 'fleet' : (place.path[0] ?? 'fleet');
  const inner = innerScreens.find(({ path }) => path === at);
  const screen = screens.find(({ path }) => path === at) ?? inner;
  const may = screen && (screen.action === undefined || own.actions.includes(screen.action));
  const shown = may ? screen.show(place) : null;
  const title = screens.find(({ path }) => path === (inner?.under ?? at))?.title ?? 'Not found';
  useEffect(() => {
    document.title = `${inner ? place.path.at(-1) : [title, place.path[1]].filter(Boolean).join(' ')} · Holdfast`;
  }, [title, place]);

  return (
    <ZoneContext.Provider value={zone.value}>
      <header class="top">
        <a class="skip" href={location.hash || '#/'} onClick={skip}>
          Skip to the screen
        </a>
        <p class="sign">
          <span aria-hidden="true">H</span> Holdfast
        </p>
        <nav aria-label="Screens">
          {screens
            .filter(({ action }) => action === undefined || own.actions.includes(action))
            .map(({ path, title: name }) => (
              <a key={path} href={to(path)} aria-current={path === (inner?.under ?? at) ? 'page' : undefined}>
                {name}
              </a>
            ))}
        </nav>
        <button type="button" class="find" onClick={() => setFinding(true)}>
          Find <kbd>Ctrl K</kbd>
        </button>
        <p class={live ? 'live' : 'live off'} role="status">
          {live ? 'Live' : 'Not live: central does not answer'}
        </p>
        {zone.choice}
        <LightChoice />
        <p class="who">
          {own.person.name} <span class="quiet">{own.person.role}</span>
        </p>
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </header>
      <main id="screen" tabIndex={-1}>
        {shown || (
          <Empty title="There is nothing here">
            <a href={to('fleet')}>Go to the fleet</a>
          </Empty>
        )}
      </main>
      {finding && <Palette onClose={() => setFinding(false)} />}
    </ZoneContext.Provider>
  );
}

/** The place behind the # is the screen's: the link must not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('screen')?.focus();
}

function LightChoice() {
  const [light, setLight] = useState<Light>(() => {
    const kept = localStorage.getItem('holdfast.light');
    return lights.find((one) => one === kept) ?? 'auto';
  });
  useEffect(() => {
    document.documentElement.dataset.light = light;
    localStorage.setItem('holdfast.light', light);
  }, [light]);
  return (
    <select
      aria-label="Light"
      value={light}
      onChange={(event) => setLight(event.currentTarget.value as Light)}
    >
      <option value="auto">System</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

/** Times of the viewer, or of the sites where the policy names their zone and it is another one. */
function useZone() {
  const [site, setSite] = useState<string | null>(null);
  const [atSite, setAtSite] = useState(false);
  useEffect(() => {
    void read<{ policy?: { openingHours?: { timeZone?: string } | null } }>('/v1/policy', true).then(
      (answer) => {
        if (answer.kind === 'answered') setSite(answer.value.policy?.openingHours?.timeZone ?? null);
      },
    );
  }, []);
  const value = useMemo(() => ({ shown: atSite && site !== null ? site : undefined, site }), [atSite, site]);
  const choice = site !== null && site !== ownZone && (
    <select
      aria-label="Times in"
      value={atSite ? 'site' : 'own'}
      onChange={(event) => setAtSite(event.currentTarget.value === 'site')}
    >
      <option value="own">Your time ({ownZone})</option>
      <option value="site">Site time ({site})</option>
    </select>
  );
  return { value, choice };
}
