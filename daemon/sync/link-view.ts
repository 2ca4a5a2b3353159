// How the link is shown: what the machine's states are called, and what a frame that was not believed means.
import type { Condition, LinkView } from '../../contract/kiosk-api.ts';
import type { SyncState } from './machine.ts';

export const frameNotBelieved: Omit<Condition, 'sinceMs'> = {
  code: 'frame_not_believed',
  hint: 'Something came that central did not sign, and was ignored: look at central-signing.pem, and at who else may publish at the broker.',
};

export function linkKind(state: SyncState): LinkView['kind'] {
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
