import { describe, expect, it } from 'vitest';
import { scopeOf } from './scopes.ts';

describe('the scope a route needs', () => {
  it.each([
    ['GET', '/livez', null],
    ['GET', '/readyz', null],
    ['POST', '/v1/pairings', null],
    ['GET', '/v1/status', 'read'],
    ['HEAD', '/v1/checkouts/:id', 'read'],
    ['GET', '/v1/refunds', 'read'],
    ['POST', '/v1/checkouts', 'sell'],
    ['POST', '/v1/checkouts/:id/void', 'sell'],
    ['POST', '/v1/refunds', 'refund'],
    ['POST', '/v1/checkouts/:id/fulfilment', 'fulfil'],
    ['POST', '/v1/anything-new', 'sell'],
    ['DELETE', '/v1/anything-new', 'sell'],
  ])('%s %s: %s', (method, route, scope) => {
    expect(scopeOf(method, route)).toBe(scope);
  });
});
