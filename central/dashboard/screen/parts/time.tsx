// Moments, in the zone that the viewer chose: their own, or that of the sites. The other one stands in the hint.
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { agoWords, momentWords } from '../../said/words.ts';

export interface Zone {
  /** What moments are written in; undefined: the viewer's own. */
  shown: string | undefined;
  /** Of the sites, by the policy in force; null: it does not say. */
  site: string | null;
}

export const ZoneContext = createContext<Zone>({ shown: undefined, site: null });
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function Time({ ms, none = '–' }: { ms: number | null | undefined; none?: string }) {
  const { shown, site } = useContext(ZoneContext);
  if (ms === null || ms === undefined) return <span class="quiet">{none}</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={inZones(ms, site)}>
      {momentWords(ms, shown)}
    </time>
  );
}

/** How long ago; it is written anew while one looks. */
export function Ago({ ms, none = 'never' }: { ms: number | null; none?: string }) {
  const nowMs = useNow(10_000);
  const { site } = useContext(ZoneContext);
  if (ms === null) return <span class="quiet">{none}</span>;
  return <span title={inZones(ms, site)}>{agoWords(nowMs - ms)}</span>;
}

/** The viewer's, and that of the sites where it is another one. */
function inZones(ms: number, site: string | null): string {
  const zones = [ownZone, ...(site === null || site === ownZone ? [] : [site])];
  return zones.map((zone) => `${momentWords(ms, zone)} ${zone}`).join('\n');
}

export function useNow(everyMs: number): number {
  const [nowMs, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
