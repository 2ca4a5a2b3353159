// Receipts, gathered: frames of one commit are answered by one receipt, because the last position says it all.
import type { ReceivedPosition } from '../ledger/port.ts';

export interface Receipts {
  /** Takes a position that is durable; it is said in this turn of the event loop, with the latest of its journal. */
  say(applianceId: string, position: ReceivedPosition): void;
}

export function createReceipts(publish: (applianceId: string, position: ReceivedPosition) => void): Receipts {
  const due = new Map<string, { applianceId: string; position: ReceivedPosition }>();

  const flush = () => {
    const taken = [...due.values()];
    due.clear();
    for (const { applianceId, position } of taken) publish(applianceId, position);
  };

  return {
    say(applianceId, position) {
      if (due.size === 0) setImmediate(flush);
      due.set(`${applianceId} ${position.journalId}`, { applianceId, position });
    },
  };
}
