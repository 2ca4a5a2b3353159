// How the link is shown: what the machine's states are called, and what is named beside them.
import type { Condition, LinkView } from '../../contract/kiosk-api.ts';
import type { Clock } from '../../kit/clock.ts';
import type { StoreClient } from '../store/client.ts';
import type { SyncState } from './machine.ts';

export interface ShownLink {
  /** Tells the store how the link is, for the kiosks' banner. */
  show(state: SyncState): void;
  /** What is against going on with central; null: nothing any more. It is shown with the next state. */
  name(condition: Condition | null): void;
  /** A frame of this connection was not believed. @returns false where that was said before */
  unbelieve(): boolean;
  /** Another connection: what came over the one before says nothing of it. */
  begin(): void;
}

export function createShownLink(store: Pick<StoreClient, 'ask'>, clock: Clock): ShownLink {
  let link: LinkView = { kind: 'offline', sinceMs: clock.wallMs() };
  let named: Condition | null = null;
  let unbelieved: Condition | null = null;
  return {
    show(state) {
      const kind = linkKind(state);
      if (kind !== link.kind) link = { kind, sinceMs: clock.wallMs() };
      const conditions = [named, unbelieved].filter((condition) => condition !== null);
      store.ask('link', { link, conditions }).catch(() => {});
    },
    name(condition) {
      named = condition;
    },
    unbelieve() {
      if (unbelieved) return false;
      unbelieved = { ...frameNotBelieved, sinceMs: clock.wallMs() };
      return true;
    },
    begin() {
      unbelieved = null;
    },
  };
}

const frameNotBelieved: Omit<Condition, 'sinceMs'> = {
  code: 'frame_not_believed',
  hint: 'Something came that central did not sign, and was ignored: look at central-signing.pem, and at who else may publish at the broker.',
};

function linkKind(state: SyncState): LinkView['kind'] {
  switch (state.kind) {
    case 'offline':
      return 'offline';
    case 'greeting':
      return 'connecting';
    case 'streaming':
      return 'online';
    case 'refused':
      return 'refused';
  }
}
