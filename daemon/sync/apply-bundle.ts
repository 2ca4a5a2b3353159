// What a bundle holds of the feed, applied as if it had come down: signed by central, from position 1 on, and known to be as
// old as the bundle. Again at each start until the first contact, which changes nothing.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Awaited } from '../identity/awaiting.ts';
import { IdentityError } from '../identity/error.ts';
import type { StoreClient } from '../store/client.ts';
import { applyFrame } from './apply-frame.ts';
import { openFeedFrame } from './envelope.ts';

/** @throws IdentityError bundle_malformed for a frame that central did not sign for this box */
export async function applyBundle(
  { applianceId, centralSigningKeys, feed, madeMs, expiresMs }: Awaited,
  parts: { store: StoreClient; clock: Clock; log: Log },
): Promise<void> {
  const { wallMs } = await parts.store.ask('time', {});
  // A clock outside the bundle's own time says nothing of its age.
  const ageMs = wallMs >= madeMs && wallMs <= expiresMs ? wallMs - madeMs : 0;
  for (const payload of feed) {
    const frame = await openFeedFrame({ applianceId, centralSigningKeys }, payload);
    if (!frame) {
      throw new IdentityError(
        'bundle_malformed',
        'what the bundle brought was not signed by central for this box',
        'Have central make another bundle, and open it with holdfast enrol --bundle.',
      );
    }
    await applyFrame({ ...parts, giveWay: async () => {} }, frame, ageMs);
  }
}
