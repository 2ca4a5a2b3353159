// The books as a table: a line a posting, amounts in minor units.
import type { ExportedBooks } from './export-rows.ts';

const header =
  'movement,line,booked,reason,source,appliance,journal,seq,sourceRef,document,account,currency,amountMinor\n';

export function* csvPostings(books: ExportedBooks): Generator<string> {
  yield header;
  for (const movement of books.movements()) {
    const { id, bookedMs, reason, source, applianceId, journalId, seq, sourceRef, documentId } = movement;
    const booked = new Date(bookedMs).toISOString();
    // Names, numbers and ids of ours: no cell has a comma or a quote in it.
    const from = [booked, reason, source, applianceId, journalId, seq, sourceRef, documentId].join(',');
    yield movement.postings
      .map(
        (posting, i) =>
          `${id},${i + 1},${from},${posting.account},${posting.currency},${posting.amountMinor}\n`,
      )
      .join('');
  }
}
