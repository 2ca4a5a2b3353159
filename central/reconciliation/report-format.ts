// Which kind of file it is, told by its first bytes and never by its name, and the reader for it.
import { readAdyenSettlementCsv } from './adyen-settlement-csv.ts';
import { readCamt053 } from './camt053.ts';
import type { Bytes } from './lines.ts';
import { readMt940 } from './mt940.ts';
import type { ReportItem, StatementItem } from './report-row.ts';
import { readStripeBalanceCsv } from './stripe-balance-csv.ts';

export const reportFormats = ['stripe', 'adyen', 'camt053', 'mt940'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Enough for the header line of a report. */
export const headBytes = 8 * 1024;

/** @param head the first bytes of the file, up to headBytes */
export function formatOf(side: 'processor' | 'bank', head: Uint8Array): ReportFormat {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (side === 'bank') return text.trimStart().startsWith('<') ? 'camt053' : 'mt940';
  const [header = ''] = text.split('\n', 1);
  return /psp reference/i.test(header) ? 'adyen' : 'stripe';
}

/**
 * What is in the file, as it is asked for.
 * @throws CommandError file_malformed when it is none of its kind
 */
export function readReport(format: ReportFormat, bytes: Bytes): AsyncGenerator<ReportItem | StatementItem> {
  switch (format) {
    case 'stripe':
      return readStripeBalanceCsv(bytes);
    case 'adyen':
      return readAdyenSettlementCsv(bytes);
    case 'camt053':
      return readCamt053(bytes);
    case 'mt940':
      return readMt940(bytes);
  }
}
