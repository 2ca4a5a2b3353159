// Which changes break a kiosk: each is made to the real document, alone.
import { describe, expect, it } from 'vitest';
import type { Json } from '../../kit/json-schemas.ts';
import { breaks } from './breaking.ts';
import { type OpenApiDocument, openApiDocument } from './document.ts';

const before = openApiDocument();

/** The document after a change, made to a copy. */
function changed(change: (document: OpenApiDocument) => void): string[] {
  const after = structuredClone(before);
  change(after);
  return breaks(before, after);
}

const at = (document: OpenApiDocument, path: string): Json =>
  path.split(' ').reduce((part: Json, key) => part[key] as Json, document);
const schema = (document: OpenApiDocument, path: string) => at(document, `components schemas ${path}`);
const operation = (document: OpenApiDocument, path: string) => at(document, `paths ${path}`);
const without = (part: Json, field: string, value: string) => {
  part[field] = (part[field] as string[]).filter((one) => one !== value);
};

describe('a kiosk written for the interface before', () => {
  it.each<[string, RegExp, (document: OpenApiDocument) => void]>([
    [
      'an operation that is gone',
      /POST \/v1\/quotes: the operation is gone/,
      (d) => delete d.paths['/v1/quotes'],
    ],
    [
      'another scope',
      /needs another scope/,
      (d) => {
        operation(d, '/v1/status get').security = [{ kioskToken: ['sell'] }];
      },
    ],
    [
      'a parameter that is required now',
      /header Prefer is required now/,
      (d) => {
        at(d, 'components parameters Prefer').required = true;
      },
    ],
    [
      'a parameter that is gone',
      /query limit is gone/,
      (d) => {
        operation(d, '/v1/checkouts get').parameters = [];
      },
    ],
    [
      'a body where none was needed',
      /needs a body now/,
      (d) => {
        operation(d, '/v1/status get').requestBody = operation(d, '/v1/quotes post').requestBody;
      },
    ],
    [
      'a request field that is required now',
      /body\/reference: is required now/,
      (d) => (schema(d, 'Checkout').required as string[]).push('reference'),
    ],
    [
      'a new request field that is required at once',
      /body\/till: is required now/,
      (d) => {
        schema(d, 'Void properties').till = { type: 'string' };
        (schema(d, 'Void').required as string[]).push('till');
      },
    ],
    [
      'a request field that is not known any more',
      /body\/reference: is gone/,
      (d) => delete schema(d, 'Checkout properties').reference,
    ],
    [
      'a value that is not taken any more',
      /body\/mode: offline_ok is gone/,
      (d) => without(schema(d, 'Checkout properties mode'), 'enum', 'offline_ok'),
    ],
    [
      'a request field of a narrower type',
      /body\/reason: was string, is integer/,
      (d) => {
        schema(d, 'Void properties').reason = { type: 'integer' };
      },
    ],
    [
      'a request field of a narrower limit',
      /body\/lines: maxItems is narrower/,
      (d) => {
        schema(d, 'Checkout properties lines').maxItems = 999;
      },
    ],
    [
      'a form of a body that is not taken any more',
      /body: a form that was taken is not/,
      (d) => {
        const media = operation(d, '/v1/refunds post requestBody content application/json');
        media.schema = { $ref: '#/components/schemas/LinkedRefund' };
      },
    ],
    [
      'an answer that is given no more',
      /is not answered with 201 any more/,
      (d) => delete operation(d, '/v1/checkouts post responses')['201'],
    ],
    [
      'an answer in another format',
      /200: application\/json is gone/,
      (d) => {
        operation(d, '/v1/status get responses 200').content = { 'text/plain': {} };
      },
    ],
    ['an answer’s field that is gone', /201\/seq: is gone/, (d) => delete schema(d, 'Answer properties').seq],
    [
      'an answer’s field that may be absent now',
      /201\/decidedBy: may be absent now/,
      (d) => without(schema(d, 'Answer'), 'required', 'decidedBy'),
    ],
    [
      'an answer’s field of another type',
      /201\/seq: was integer, is string/,
      (d) => {
        schema(d, 'Answer properties').seq = { type: 'string' };
      },
    ],
    [
      'an answer’s field that may be null now',
      /201\/seq: a form that nobody knew is answered/,
      (d) => {
        schema(d, 'Answer properties').seq = {
          anyOf: [schema(d, 'Answer properties seq'), { type: 'null' }],
        };
      },
    ],
    [
      'a verdict that is never given any more',
      /201\/verdict: declined is gone/,
      (d) => without(schema(d, 'Answer properties verdict'), 'enum', 'declined'),
    ],
    [
      'a field deep inside a list',
      /items\/\*\/outcome/,
      (d) => {
        schema(d, 'DocumentView properties').outcome = { type: 'string' };
      },
    ],
  ])('is broken by %s', (_, said, change) => {
    expect(changed(change).join('\n')).toMatch(said);
  });

  it.each<[string, (document: OpenApiDocument) => void]>([
    ['nothing', () => {}],
    [
      'a new operation',
      (d) => {
        d.paths['/v1/new'] = { get: operation(d, '/v1/status get') };
      },
    ],
    [
      'a new request field that may be absent',
      (d) => {
        schema(d, 'Checkout properties').till = { type: 'string' };
      },
    ],
    ['a request field that may be absent now', (d) => without(schema(d, 'Void'), 'required', 'reason')],
    [
      'a new value that is taken',
      (d) => (schema(d, 'Checkout properties mode').enum as string[]).push('ask_me'),
    ],
    [
      'a wider limit',
      (d) => {
        schema(d, 'Checkout properties lines').maxItems = 1001;
      },
    ],
    [
      'a new field of an answer',
      (d) => {
        schema(d, 'Answer properties').slipYear = { type: 'integer' };
      },
    ],
    ['a new reason', (d) => (schema(d, 'ReasonCode').enum as string[]).push('too_heavy')],
    [
      'an operation that needs no token any more',
      (d) => {
        operation(d, '/v1/status get').security = [];
      },
    ],
    ['a problem less', (d) => delete operation(d, '/v1/status get responses')['503']],
  ])('is not broken by %s', (_, change) => {
    expect(changed(change)).toEqual([]);
  });
});
