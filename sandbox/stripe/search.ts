// The search for PaymentIntents. Like Stripe's it lags behind: what was made a moment ago is not found yet.
import { malformed } from './answer.ts';
import type { Books } from './books.ts';
import type { Payment } from './rows.ts';
import { showPayment } from './shapes.ts';

const clause =
  /^(?:metadata\['([^']{1,40})'\]|metadata\["([^"]{1,40})"\]|(status|currency)):(?:'([^']*)'|"([^"]*)")$/;

/** Clauses joined by AND: `metadata['key']:'value'`, `status:'…'`, `currency:'…'`. @throws Refusal for any other query */
export function searchPayments(books: Books, query: string, limit: number, lagMs: number): object {
  const clauses = query.split(/ and /i).map((text) => readClause(text.trim()));
  const seenMs = books.nowMs() - lagMs;
  const metadata = clauses.find(({ key }) => key !== null);
  const candidates = metadata ? (books.byMetadata.get(metadata.value) ?? []) : [...books.payments.values()];
  const data = candidates
    .filter((payment) => payment.createdMs <= seenMs && clauses.every((one) => holds(one, payment)))
    .reverse();
  return {
    object: 'search_result',
    data: data.slice(0, limit).map((payment) => showPayment(payment)),
    has_more: data.length > limit,
    next_page: null,
    url: '/v1/payment_intents/search',
  };
}

interface Clause {
  /** Of the metadata, or null where it is about the field. */
  key: string | null;
  field: string;
  value: string;
}

function readClause(text: string): Clause {
  const [, single, double, field = '', valueSingle, valueDouble] = clause.exec(text) ?? [];
  const value = valueSingle ?? valueDouble;
  if (value === undefined)
    throw malformed('parameter_invalid', 'query', `The sandbox cannot search for: ${text}`);
  return { key: single ?? double ?? null, field, value };
}

function holds({ key, field, value }: Clause, payment: Payment): boolean {
  if (key !== null) return payment.metadata[key] === value;
  return (field === 'status' ? payment.status : payment.currency) === value;
}
