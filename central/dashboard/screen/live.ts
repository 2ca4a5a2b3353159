// The stream of what changes. The browser comes back by itself with the last event's id; `anew` says that something may have
// been missed.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FleetRow } from '../said/row.ts';

export interface LiveEvents {
  /** All may have changed: read it again. */
  anew: Record<string, never>;
  fleet: { rows: FleetRow[] };
  /** Somebody did something, by the route of that id. */
  changed: { route: string };
}

/** @param position of the event, in the order of all of them */
type Hear = { [About in keyof LiveEvents]?: (data: LiveEvents[About], position: string) => void };

const abouts: readonly (keyof LiveEvents)[] = ['anew', 'fleet', 'changed'];
const hearers = new Set<Hear>();

/** The stream before anybody hears it, and what it said until then. */
const early = { source: null as EventSource | null, said: [] as (() => void)[] };

/** Opens the stream before it is known whether anybody is signed in; `openLive` takes it over. */
export function openEarly(): void {
  early.source = connect((tell) => (early.source === null ? tell() : early.said.push(tell)));
}

/** Opens the stream, until told to close it. What listens by now hears what was said early. @param onLink whether it stands */
export function openLive(onLink: (up: boolean) => void): () => void {
  const { source: begun } = early;
  early.source = null;
  // One that was refused stays so: nobody was signed in then.
  const source = begun && begun.readyState !== EventSource.CLOSED ? begun : connect((tell) => tell());
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  for (const tell of early.said.splice(0)) tell();
  return () => source.close();
}

function connect(hand: (tell: () => void) => void): EventSource {
  const source = new EventSource('/v1/events');
  for (const about of abouts) {
    source.addEventListener(about, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      const said = JSON.parse(data) as never;
      hand(() => {
        for (const hear of hearers) hear[about]?.(said, lastEventId);
      });
    });
  }
  return source;
}

/** Hears the stream while the component is shown, from before `openLive` of whatever it is shown in. */
export function useLive(hear: Hear): void {
  const newest = useRef(hear);
  newest.current = hear;
  useLayoutEffect(() => {
    const through: Hear = {
      anew: (...said) => newest.current.anew?.(...said),
      fleet: (...said) => newest.current.fleet?.(...said),
      changed: (...said) => newest.current.changed?.(...said),
    };
    hearers.add(through);
    return () => void hearers.delete(through);
  }, []);
}
