// The ledger as CSV (RFC 4180), a line a posting. Amounts stand twice: in minor units, and as people write them.
import { decimalText } from '../../../contract/money.ts';
import type { ExportFormat } from './movement.ts';

const columns = [
  'movement',
  'line',
  'booked_at',
  'reason',
  'source',
  'source_row',
  'appliance',
  'journal',
  'seq',
  'account',
  'currency',
  'amount_minor',
  'amount',
] as const;

export const csvFormat: ExportFormat = {
  head: () => record(columns),
  movement: (movement) =>
    movement.postings
      .map(({ account, currency, amountMinor }, line) =>
        record([
          movement.id,
          line + 1,
          new Date(movement.bookedMs).toISOString(),
          movement.reason,
          movement.source,
          movement.sourceRef,
          movement.applianceId,
          movement.journalId,
          movement.seq,
          account,
          currency,
          amountMinor,
          decimalText(amountMinor, currency),
        ]),
      )
      .join(''),
  foot: () => '',
};

function record(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

type Cell = string | number | bigint | null;

function cell(value: Cell): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
