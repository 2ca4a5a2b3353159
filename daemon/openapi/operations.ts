// Every operation of the interface, one entry each: what it takes, what it answers, and every problem it can tell of.
// A route that is not here fails a test, and so does an entry without a route.
import type { ProblemCode } from '../http/problems.ts';
import { any, body, type Operation } from './operation.ts';
import { technicianOperations } from './technician-operations.ts';

const scoped: readonly ProblemCode[] = [...any, 'kiosk_token_missing', 'scope_missing'];
const keyed: readonly ProblemCode[] = [
  ...body,
  'idempotency_conflict',
  'idempotency_key_invalid',
  'idempotency_key_missing',
];
/** Of what the journal has to take. */
const journalled: readonly ProblemCode[] = [...scoped, ...keyed, 'document_in_doubt', 'busy', 'journal_full'];

/** What no operation answers: there is none at such a path, or none by such a method. */
export const problemsOfNoOperation: readonly ProblemCode[] = ['method_not_allowed', 'not_found'];

const entered =
  'The journal has it, durably. A refusal by the rule is an answer too: see verdict and reasons.';

export const operations: readonly Operation[] = [
  {
    id: 'submitCheckout',
    method: 'post',
    route: '/v1/checkouts',
    summary: 'Submit a checkout',
    parameters: ['Idempotency-Key', 'Prefer'],
    takes: { schemas: ['Checkout'], samples: ['checkout'] },
    answers: {
      201: {
        kind: 'json',
        words: entered,
        schema: 'Answer',
        samples: ['answer'],
        headers: ['Location', 'Preference-Applied'],
      },
    },
    problems: [...journalled, 'catalogue_missing', 'policy_missing'],
  },
  {
    id: 'listCheckouts',
    method: 'get',
    route: '/v1/checkouts',
    summary: 'List the documents of this appliance, the newest first',
    parameters: ['cursor', 'limit'],
    answers: {
      200: {
        kind: 'json',
        words: 'A page of documents.',
        schema: 'DocumentPage',
        samples: ['document-page'],
      },
    },
    problems: [...scoped, 'busy', 'query_invalid'],
  },
  {
    id: 'readCheckout',
    method: 'get',
    route: '/v1/checkouts/:id',
    summary: 'Read a checkout, void, refund or step of a fulfilment as it stands now',
    parameters: ['id'],
    answers: {
      200: { kind: 'json', words: 'The document.', schema: 'DocumentView', samples: ['document'] },
    },
    problems: [...scoped, 'busy', 'document_not_found'],
  },
  {
    id: 'readSlip',
    method: 'get',
    route: '/v1/checkouts/:id/slip',
    summary: 'Read the customer’s paper, as data or, by Accept: text/plain, as text',
    parameters: ['id', 'copy'],
    answers: {
      200: { kind: 'json', words: 'The slip.', schema: 'Slip', samples: ['slip'], alsoText: true },
    },
    problems: [...scoped, 'busy', 'document_not_found', 'query_invalid', 'slip_not_found'],
  },
  {
    id: 'voidCheckout',
    method: 'post',
    route: '/v1/checkouts/:id/void',
    summary: 'Void a checkout',
    parameters: ['id', 'Idempotency-Key'],
    takes: { schemas: ['Void'], samples: ['void'] },
    answers: {
      201: { kind: 'json', words: entered, schema: 'Answer', samples: ['answer'], headers: ['Location'] },
    },
    problems: [...journalled, 'checkout_not_found'],
  },
  {
    id: 'fulfilCheckout',
    method: 'post',
    route: '/v1/checkouts/:id/fulfilment',
    summary:
      'Say how far goods are that wait for their hand-over: picked, short-picked, handed over, abandoned',
    parameters: ['id', 'Idempotency-Key'],
    takes: { schemas: ['Fulfilment'], samples: ['fulfilment', 'fulfilment-abandoned'] },
    answers: {
      201: {
        kind: 'json',
        words: entered,
        schema: 'Answer',
        samples: ['answer-fulfilment'],
        headers: ['Location'],
      },
    },
    problems: [...journalled, 'checkout_not_found', 'policy_missing'],
  },
  {
    id: 'submitRefund',
    method: 'post',
    route: '/v1/refunds',
    summary:
      'Submit a refund of a checkout: of lines, of an amount, or of all that is left; or an unlinked one where the policy allows it',
    parameters: ['Idempotency-Key'],
    takes: {
      schemas: ['LinkedRefund', 'UnlinkedRefund'],
      samples: ['refund-linked', 'refund-by-line', 'refund-in-full', 'refund-unlinked'],
    },
    answers: {
      201: {
        kind: 'json',
        words: entered,
        schema: 'Answer',
        samples: ['answer-refund-by-line'],
        headers: ['Location'],
      },
    },
    problems: [...journalled, 'checkout_not_found', 'policy_missing'],
  },
  {
    id: 'quote',
    method: 'post',
    route: '/v1/quotes',
    summary: 'Ask what a checkout would cost and be told, without booking anything',
    takes: { schemas: ['QuoteRequest'], samples: ['quote-request'] },
    answers: { 200: { kind: 'json', words: 'The judgement.', schema: 'Quote', samples: ['quote'] } },
    problems: [...scoped, ...body, 'busy', 'catalogue_missing', 'policy_missing'],
  },
  {
    id: 'pair',
    method: 'post',
    route: '/v1/pairings',
    summary: 'Trade a one-time code for a token of the kiosk’s own',
    parameters: ['Idempotency-Key'],
    takes: { schemas: ['PairingRequest'], samples: ['pairing-request'] },
    answers: {
      201: { kind: 'json', words: 'The token, said this once.', schema: 'Pairing', samples: ['pairing'] },
    },
    problems: [...any, ...keyed, 'busy', 'pairing_code_invalid', 'pairing_locked'],
  },
  {
    id: 'readStatus',
    method: 'get',
    route: '/v1/status',
    summary: 'Read how the appliance is',
    answers: { 200: { kind: 'json', words: 'The status.', schema: 'Status', samples: ['status'] } },
    problems: [...scoped, 'busy'],
  },
  {
    id: 'readFlags',
    method: 'get',
    route: '/v1/flags',
    summary: 'Read the policy’s flags as they stand for the kiosk that asks',
    answers: { 200: { kind: 'json', words: 'Every flag, by name.', schema: 'Flags', samples: ['flags'] } },
    problems: [...scoped, 'busy', 'policy_missing'],
  },
  {
    id: 'readEvents',
    method: 'get',
    route: '/v1/events',
    summary: 'Follow what happens, as server-sent events',
    parameters: ['Last-Event-ID', 'lastEventId'],
    answers: {
      200: {
        kind: 'events',
        words:
          'A stream that does not end. Its events: `document` and `decision` with an Answer, `outcome` with id and outcome, `status` with a Status, and `restart` when what was missed cannot be told.',
      },
    },
    problems: [...scoped, 'busy'],
  },
  ...technicianOperations,
  {
    id: 'isAlive',
    method: 'get',
    route: '/livez',
    summary: 'Ask whether the daemon runs',
    answers: { 200: { kind: 'json', words: 'It runs.', schema: 'Liveness', samples: [] } },
    problems: any,
  },
  {
    id: 'isReady',
    method: 'get',
    route: '/readyz',
    summary: 'Ask whether there is something to sell by; the link does not matter',
    answers: {
      200: { kind: 'json', words: 'There is.', schema: 'Readiness', samples: [] },
      503: { kind: 'json', words: 'Not yet.', schema: 'Readiness', samples: [] },
    },
    problems: [...any, 'busy'],
  },
  {
    id: 'readOpenApi',
    method: 'get',
    route: '/openapi.json',
    summary: 'Read this document',
    answers: {
      200: { kind: 'openapi', words: 'The document.', headers: ['ETag'] },
      304: { kind: 'empty', words: 'It is as it was.' },
    },
    problems: any,
  },
];
