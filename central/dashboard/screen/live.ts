// The stream of what changes. The browser comes back by itself with the last event's id; `anew` says that something may have
// been missed.
import { useEffect, useRef } from 'preact/hooks';
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

/** Opens the stream, until told to close it. @param onLink whether it stands */
export function openLive(onLink: (up: boolean) => void): () => void {
  const source = new EventSource('/v1/events');
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
  for (const about of abouts) {
    source.addEventListener(about, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      const said = JSON.parse(data) as never;
      for (const hear of hearers) hear[about]?.(said, lastEventId);
    });
  }
  return () => source.close();
}

/** Hears the stream while the component is shown. */
export function useLive(hear: Hear): void {
  const newest = useRef(hear);
  newest.current = hear;
  useEffect(() => {
    const through: Hear = {
      anew: (...said) => newest.current.anew?.(...said),
      fleet: (...said) => newest.current.fleet?.(...said),
      changed: (...said) => newest.current.changed?.(...said),
    };
    hearers.add(through);
    return () => void hearers.delete(through);
  }, []);
}
