// What webhooks told of a charge or a reference, for an adapter whose processor cannot be asked. Never a part of it: whoever
// decides by what was heard must know when there is more.
import type { LedgerPort } from '../ledger/port.ts';
import type { Sightings } from '../processors/adyen-sightings.ts';

/** Of one charge. An authorisation, its captures and refunds, their failures and disputes are a few dozen. */
export const sightingsMax = 1000;

/** @param store asked for at each question, since processors are opened before the store that keeps their events */
export function createSightings(
  processor: string,
  store: () => Pick<LedgerPort, 'webhookSightings'>,
): Sightings {
  return {
    async about(about) {
      const events = await store().webhookSightings({ processor, about, eventsMax: sightingsMax + 1 });
      return events.length > sightingsMax ? null : events;
    },
  };
}
