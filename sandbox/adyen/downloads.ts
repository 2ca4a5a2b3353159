// Reports to download as from Adyen's Customer Area, with basic authentication, and whatever may go wrong on the way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { openExchange, sendAnswer } from '../stripe/exchange.ts';
import type { Call } from '../stripe/gateway.ts';
import { actOut } from './act-out.ts';
import { type Answer, errorOf } from './answer.ts';
import type { AdyenParts } from './gateway.ts';
import { reportFolder } from './settlements.ts';

export const ReportUser = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(200),
});
export type ReportUser = z.infer<typeof ReportUser>;

export const reportOperation = 'adyen.reports';
export const isReportPath = (path: string): boolean => path.startsWith('/reports/download/');

/** @param user who may download; null lets in whoever names any */
export async function answerDownload(
  request: IncomingMessage,
  response: ServerResponse,
  { books, orders, latencyMs, note }: Omit<AdyenParts, 'keys'>,
  user: ReportUser | null,
): Promise<void> {
  const exchange = openExchange(request, response);
  exchange.headers = ['Content-Type', 'text/csv; charset=utf-8'];
  const call: Call = {
    ...{ operation: reportOperation, idempotencyKey: null, act: null, status: null, replayed: false },
  };
  note(call);
  const send = (answer: Answer) => {
    call.status = answer.status;
    sendAnswer(exchange, answer, latencyMs);
  };
  if (!isLetIn(request.headers.authorization ?? '', user)) return send(unauthorised);
  const act = orders.take(reportOperation, exchange.path);
  call.act = act?.kind ?? null;
  const file = books.batches.find(
    ({ merchantAccount, name, readyMs }) =>
      exchange.path === `${reportFolder}${encodeURIComponent(merchantAccount)}/${name}` &&
      readyMs <= books.nowMs(),
  );
  const carryOut = () => (file === undefined ? notThere : { status: 200, text: file.csv, transient: false });
  await actOut(exchange, act, { carryOut, carryOutNothing: () => undefined, keep: () => undefined, send });
}

const unauthorised = errorOf(401, '000', 'HTTP Status Response - Unauthorized', { errorType: 'security' });
const notThere = errorOf(404, '000', 'There is no report of this name.');

function isLetIn(authorization: string, user: ReportUser | null): boolean {
  const [, encoded = ''] = /^Basic ([\w+/=]+)$/.exec(authorization) ?? [];
  const named = Buffer.from(encoded, 'base64').toString();
  return user === null ? /^.+:.+$/.test(named) : named === `${user.username}:${user.password}`;
}
