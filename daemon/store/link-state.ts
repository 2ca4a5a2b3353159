// What the store knows of the link: told by the pump, read by the rule, the status and the entries. After a restart the
// link is not up until it is.
import type { Condition, LinkView } from '../../contract/kiosk-api.ts';
import type { Clock } from '../../kit/clock.ts';

export interface LinkState {
  readonly view: LinkView;
  readonly conditions: Condition[];
  readonly online: boolean;
  /** By both clocks; null while online. */
  readonly offlineSince: { wallMs: number; monotonicMs: number } | null;
  /** Grows whenever something changed that a status shows. */
  readonly changes: number;
  update(link: LinkView, conditions: Condition[]): void;
  /** Something else that a status shows has changed. */
  touch(): void;
}

/** @param offlineForMs how long the site had been offline when this began */
export function createLinkState(clock: Clock, offlineForMs: number): LinkState {
  const now = () => ({ wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() });
  let view: LinkView = { kind: 'offline', sinceMs: clock.wallMs() };
  let conditions: Condition[] = [];
  let offlineSince: LinkState['offlineSince'] = {
    wallMs: clock.wallMs() - offlineForMs,
    monotonicMs: clock.monotonicMs() - offlineForMs,
  };
  let changes = 0;
  return {
    get view() {
      return view;
    },
    get conditions() {
      return conditions;
    },
    get online() {
      return offlineSince === null;
    },
    get offlineSince() {
      return offlineSince;
    },
    get changes() {
      return changes;
    },
    update(link, named) {
      view = link;
      conditions = named;
      // A link that is still greeting cannot carry a checkout: the site is offline until it streams.
      offlineSince = link.kind === 'online' ? null : (offlineSince ?? now());
      changes++;
    },
    touch() {
      changes++;
    },
  };
}
