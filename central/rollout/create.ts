// Making a rollout: where a catalogue is being published, that comes first.
import { finishPieces } from '../feed/publish.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { By } from '../people/actor.ts';
import type { RolloutCalls, RolloutCreated } from './port.ts';

export async function createRollout(
  calls: Pick<LedgerPort, 'createRollout' | 'cataloguePiece'>,
  asked: Parameters<RolloutCalls['createRollout']>[0],
  by: By,
): Promise<RolloutCreated> {
  for (;;) {
    const made = await calls.createRollout(asked, by);
    if (made.kind !== 'publication_under_way') return made;
    await finishPieces(calls, () => by.nowMs);
  }
}
