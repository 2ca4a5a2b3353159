// The operations that are no routes of a room: a stream, what Prometheus reads, and those that need no key: the probes of supervisors
// and balancers, and the description itself, which tells nothing of anybody.

import type { Json } from '../../kit/json-schemas.ts';
import { eventsPath } from '../dashboard/event-stream.ts';

const status = (value: string) => ({
  'application/json': {
    schema: { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] },
    example: { status: value },
  },
});
const problem = {
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: { not_ready: { $ref: '#/components/examples/not_ready' } },
  },
};

const refused = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

export const openOperations: Record<string, Record<string, Json>> = {
  '/livez': {
    get: {
      operationId: 'isAlive',
      summary: 'Ask whether the process answers',
      security: [],
      responses: { 200: { description: 'It does.', content: status('ok') } },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      summary: 'Ask whether its database answers',
      security: [],
      responses: {
        200: { description: 'It does.', content: status('ok') },
        503: { description: 'It does not.', content: problem },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'readMetrics',
      summary: 'Read what Prometheus reads: the fleet and central in numbers',
      security: [{ apiKey: ['metrics.read'] }],
      responses: {
        200: { description: 'They.', content: { 'text/plain': { schema: { type: 'string' } } } },
        '4XX': { description: 'The key may not.', content: refused },
      },
    },
  },
  [eventsPath]: {
    get: {
      operationId: 'followChanges',
      summary:
        'Follow what changes while somebody looks, as server-sent events: `anew` (read again), `fleet` (rows that changed), `changed` (somebody did something, by its operationId)',
      security: [{ apiKey: ['fleet.read'] }, { session: ['fleet.read'] }],
      responses: {
        200: { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'readDescription',
      summary: 'Read this description',
      security: [],
      responses: {
        200: { description: 'It.', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  },
};
