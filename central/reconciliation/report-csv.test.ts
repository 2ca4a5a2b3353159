import { describe, expect, it } from 'vitest';
import { readStripeBalanceCsv } from './stripe-balance-csv.ts';

const header = 'balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id\n';
const rowsTotal = 200_000;
const rowsAChunk = 500;

/** Counts the rows that were made, so that a reader which runs ahead of its caller is seen. */
function generated(made: { rows: number }) {
  return (async function* () {
    yield Buffer.from(header);
    while (made.rows < rowsTotal) {
      const rows = Array.from({ length: rowsAChunk }, (_, i) => {
        const number = made.rows + i;
        return `txn_${number},2026-11-02 09:00:00,gbp,10.00,0.30,9.70,charge,ch_${number}\n`;
      });
      made.rows += rowsAChunk;
      yield Buffer.from(rows.join(''));
    }
  })();
}

describe('readReportCsv', () => {
  it('holds no more than a piece of the file, however long the file is', async () => {
    const made = { rows: 0 };
    let read = 0;
    let heldMax = 0;
    for await (const item of readStripeBalanceCsv(generated(made))) {
      if (item.kind === 'row') read++;
      heldMax = Math.max(heldMax, made.rows - read);
    }
    expect(read).toBe(rowsTotal);
    expect(heldMax).toBeLessThan(rowsAChunk * 2);
  });

  it('holds no more than that while every row is set aside', async () => {
    const made = { rows: 0 };
    let asides = 0;
    const broken = (async function* () {
      for await (const chunk of generated(made)) {
        yield made.rows === 0 ? chunk : Buffer.from(chunk.toString().replaceAll('10.00', 'ten'));
      }
    })();
    for await (const item of readStripeBalanceCsv(broken)) if (item.kind === 'aside') asides++;
    expect(asides).toBe(rowsTotal);
  });

  it('closes the file when the reader is left early', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        yield* generated({ rows: 0 });
      } finally {
        closed = true;
      }
    })();
    for await (const _ of readStripeBalanceCsv(source)) break;
    expect(closed).toBe(true);
  });
});
