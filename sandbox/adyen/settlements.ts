// Closing batches: what was not settled yet, a batch and a report for each merchant account and currency, numbered one after
// the other; a webhook says that the report is there.
import * as z from 'zod';
import type { Books, Movement, SettledBatch } from './books.ts';
import { reportFaults, settlementReport } from './settlement-report.ts';

export const SettlementForm = z.strictObject({
  /** Planted in the first of the reports. */
  faults: z.array(z.enum(reportFaults)).max(50).default([]),
  /** By the sandbox's clock: until then it is announced and not there. */
  availableAfterMs: z
    .int()
    .min(0)
    .max(20 * 86_400_000)
    .default(0),
});

export const reportFolder = '/reports/download/MerchantAccount/';

/** @param origin of the sandbox, which the webhook names */
export function settleBatches(
  books: Books,
  { faults, availableAfterMs }: z.output<typeof SettlementForm>,
  origin: string,
): SettledBatch[] {
  const nowMs = books.nowMs();
  const open = books.movements.filter(({ batch }) => batch === null);
  const groups = new Map<string, Movement[]>();
  for (const movement of open) {
    const key = JSON.stringify([movement.payment.merchantAccount, movement.amount.currency]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(movement);
  }
  return [...groups].sort(byName).map(([key, movements], index) => {
    const [merchantAccount = '', currency = ''] = JSON.parse(key) as string[];
    const batch = books.batches.filter((one) => one.merchantAccount === merchantAccount).length + 1;
    for (const movement of movements) movement.batch = batch;
    const question = { fromMs: 0, toMs: nowMs + 1, batch, faults: index === 0 ? faults : [] };
    const settled: SettledBatch = {
      ...{ merchantAccount, batch, currency, name: `settlement_detail_report_batch_${batch}.csv` },
      ...{ rows: movements.length + 1, csv: settlementReport(movements, question).csv },
      readyMs: nowMs + availableAfterMs,
    };
    books.batches.push(settled);
    books.notify({
      ...{ eventCode: 'REPORT_AVAILABLE', success: true, pspReference: settled.name },
      ...{ originalReference: null, merchantReference: '', amount: { currency: 'EUR', value: 0 } },
      reason: `${origin}${reportFolder}${encodeURIComponent(merchantAccount)}/${settled.name}`,
      payment: { merchantAccount, metadata: {} },
    });
    return settled;
  });
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
