// What travels beside a body: parameters and response headers.
import { limits } from '../../contract/limits.ts';
import type { Json } from '../../kit/json-schemas.ts';

const uuid = { type: 'string', format: 'uuid' };

export const parameters = {
  id: { in: 'path', required: true, description: 'The document’s id.', schema: uuid },
  'Idempotency-Key': {
    in: 'header',
    required: true,
    description:
      'A new UUID for a new document, bare or in double quotes, and the same one on every retry. It becomes the document’s id.',
    schema: { type: 'string' },
    example: '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d',
  },
  Prefer: {
    in: 'header',
    description: `RFC 7240: \`wait=N\`, how many seconds to wait for central’s word, ${limits.onlineWaitMsMax / 1000} at most.`,
    schema: { type: 'string' },
    example: 'wait=5',
  },
  'Last-Event-ID': {
    in: 'header',
    description: 'The id of the last event that was read: the stream goes on after it.',
    schema: { type: 'string' },
  },
  lastEventId: {
    in: 'query',
    description: 'The same, for whoever cannot set the header.',
    schema: { type: 'string' },
  },
  cursor: {
    in: 'query',
    description: 'The nextCursor of the page before.',
    schema: { type: 'string', pattern: '^\\d{1,16}$' },
  },
  acted: {
    in: 'query',
    description:
      'Whether a person did something since the last one: a page that asks by itself keeps nobody signed in.',
    schema: { type: 'boolean', default: false },
  },
  copy: {
    in: 'query',
    description: 'Whether paper came out before: only the kiosk knows.',
    schema: { type: 'boolean', default: false },
  },
  limit: {
    in: 'query',
    description: 'How many documents at most.',
    schema: { type: 'integer', minimum: 1, maximum: limits.pageItemsMax, default: 20 },
  },
} as const satisfies Record<string, Json>;

export type ParameterName = keyof typeof parameters;

const text = { type: 'string' };
const inSeconds = { type: 'integer', minimum: 1 };

export const headers = {
  ETag: { description: 'Of this very content.', schema: text },
  Location: { description: 'Where the document is read back.', schema: text },
  'Preference-Applied': { description: 'The wait that was granted (RFC 7240).', schema: text },
  RateLimit: { description: 'What is left and for how long, where rates are limited.', schema: text },
  'RateLimit-Policy': { description: 'The quota and its window, where rates are limited.', schema: text },
  'Retry-After': { description: 'Seconds to wait before the next try.', schema: inSeconds },
  'WWW-Authenticate': { description: 'What was wrong with the token (RFC 6750).', schema: text },
  'X-Request-Id': { description: 'The request’s own id, or one that was made for it.', schema: text },
} as const satisfies Record<string, Json>;

export type HeaderName = keyof typeof headers;
