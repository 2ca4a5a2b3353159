// A payout's lines as a file for a spreadsheet. Without anything else, so that the operators' page may take it along.
import type { PayoutLine, PayoutView } from './port.ts';

export function* statementCsv({ currency }: PayoutView, lines: Iterable<PayoutLine>): Generator<string> {
  yield 'movement,booked,kind,appliance,document,slip,currency,amountMinor,taxMinor\n';
  for (const { movementId, bookedMs, kind, applianceId, documentId, slip, amountMinor, taxMinor } of lines) {
    const booked = new Date(bookedMs).toISOString();
    yield `${[movementId, booked, kind, applianceId, documentId, slip, currency, amountMinor, taxMinor].join(',')}\n`;
  }
}
