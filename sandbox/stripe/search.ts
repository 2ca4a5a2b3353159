// The search for PaymentIntents. Like Stripe's it lags behind: what was made a moment ago is not found yet.
import { malformed } from './answer.ts';
import type { Books, Payment } from './books.ts';
import { showPayment } from './shapes.ts';

const clause =
  /^(?:metadata\['([^']{1,40})'\]|metadata\["([^"]{1,40})"\]|(status|currency)):(?:'([^']*)'|"([^"]*)")$/;

/** Clauses joined by AND: `metadata['key']:'value'`, `status:'…'`, `currency:'…'`. @throws Refusal for any other query */
export function searchPayments(books: Books, query: string, limit: number, lagMs: number): object {
  const tests = query.split(/ and /i).map((text) => readClause(text.trim()));
  const seenMs = books.nowMs() - lagMs;
  const data = [...books.payments.values()]
    .filter((payment) => payment.createdMs <= seenMs && tests.every((test) => test(payment)))
    .reverse();
  return {
    object: 'search_result',
    data: data.slice(0, limit).map(showPayment),
    has_more: data.length > limit,
    next_page: null,
    url: '/v1/payment_intents/search',
  };
}

function readClause(text: string): (payment: Payment) => boolean {
  const [, single, double, field, valueSingle, valueDouble] = clause.exec(text) ?? [];
  const value = valueSingle ?? valueDouble;
  const key = single ?? double;
  if (value === undefined)
    throw malformed('parameter_invalid', 'query', `The sandbox cannot search for: ${text}`);
  if (key !== undefined) return ({ metadata }) => metadata[key] === value;
  return field === 'status' ? ({ status }) => status === value : ({ currency }) => currency === value;
}
