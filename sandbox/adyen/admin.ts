// What a test says to the acted-out Adyen itself, under /sandbox/adyen: webhooks, refunds and captures that fail later, settlements, reports.
import type { Context } from 'koa';
import * as z from 'zod';
import { problem, readBody, readQuery } from '../admin/frame.ts';
import type { Webhooks } from '../webhooks.ts';
import type { Books } from './books.ts';
import { ReportUser } from './downloads.ts';
import { AdyenEndpoint } from './notifications.ts';
import { failCapture, failRefund } from './payments.ts';
import { reportFaults, settlementReport } from './settlement-report.ts';
import { SettlementForm, settleBatches } from './settlements.ts';

export interface AdyenAdminParts {
  books: Books;
  webhooks: Webhooks<AdyenEndpoint>;
  /** How many events there were, sent or not. */
  told(): number;
  /** Who may download reports; null lets in whoever names any. */
  setReportUser(user: ReportUser | null): void;
}

const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => Date.parse(text));
const ReportQuery = z.strictObject({
  from: Moment.default(0),
  to: Moment.optional(),
  batch: z.coerce.number().int().min(1).max(1_000_000).default(1),
  faults: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(reportFaults)))
    .default([]),
});

export async function answerAdyenAdmin(
  context: Context,
  { books, webhooks, told, setReportUser }: AdyenAdminParts,
): Promise<void> {
  switch (`${context.method} ${context.path}`) {
    case 'PUT /sandbox/adyen/webhooks': {
      const body = await readBody(context, z.union([AdyenEndpoint, z.null()]));
      if (body === undefined) return;
      webhooks.setEndpoint(body);
      context.status = 204;
      return;
    }
    case 'GET /sandbox/adyen/webhooks':
      context.body = { told: told(), deliveries: webhooks.deliveries() };
      return;
    case 'GET /sandbox/adyen/payments':
      context.body = { payments: [...books.payments.values()].slice(-1000) };
      return;
    case 'POST /sandbox/adyen/refund-failed': {
      const body = await readBody(context, z.strictObject({ pspReference: z.string() }));
      if (!body) return;
      if (!failRefund(books, body.pspReference)) {
        return problem(
          context,
          409,
          'refund_not_there',
          'There is no refund by this reference that could fail.',
        );
      }
      context.status = 204;
      return;
    }
    case 'POST /sandbox/adyen/capture-failed': {
      const body = await readBody(context, z.strictObject({ pspReference: z.string() }));
      if (!body) return;
      if (!failCapture(books, body.pspReference)) {
        const hint = 'There is no payment by this reference whose capture could fail.';
        return problem(context, 409, 'capture_not_there', hint);
      }
      context.status = 204;
      return;
    }
    case 'PUT /sandbox/adyen/report-user': {
      const body = await readBody(context, ReportUser.nullable());
      if (body === undefined) return;
      setReportUser(body);
      context.status = 204;
      return;
    }
    case 'POST /sandbox/adyen/settlements': {
      const body = await readBody(context, SettlementForm);
      if (!body) return;
      // Of the connection, never of what the caller calls it.
      const { localAddress, localPort } = context.req.socket;
      const settled = settleBatches(books, body, `http://${localAddress}:${localPort}`);
      context.body = { settled: settled.map(({ csv: _, ...one }) => one) };
      return;
    }
    case 'GET /sandbox/adyen/settlement-report':
    case 'GET /sandbox/adyen/settlement-report/planted': {
      const query = readQuery(context, ReportQuery);
      if (!query) return;
      const { from: fromMs, to: toMs = books.nowMs() + 1, batch, faults } = query;
      const { csv, planted } = settlementReport(books.movements, { fromMs, toMs, batch, faults });
      if (context.path.endsWith('/planted')) {
        context.body = { planted };
        return;
      }
      context.type = 'text/csv; charset=utf-8';
      context.body = csv;
      return;
    }
    default:
      problem(context, 404, 'not_found', 'See sandbox/README.md for what there is under /sandbox/adyen.');
  }
}
