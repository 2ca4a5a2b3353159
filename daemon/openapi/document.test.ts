// The description of the interface is true: it names every route and every problem, it is what is checked in, it breaks no
// kiosk of the last release, and a real appliance answers as it says.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import type { Json } from '../../kit/json-schemas.ts';
import type { Log } from '../../kit/log.ts';
import { openApiFile } from '../http/openapi.ts';
import { problemCodes } from '../http/problems.ts';
import { createApp, type HttpServer, startHttp } from '../http/server.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { openKioskDoor } from '../store/kiosks/door.ts';
import { openKioskRegistry } from '../store/kiosks/registry.ts';
import { feedId, firstFeed, pennies, plentyOfSpace } from '../store/temporary-store.ts';
import { makeBoxKey } from '../synthetic/box-key.ts';
import { createSynthetics } from '../synthetic/runner.ts';
import { createTechnicianDoor } from '../technician/door.ts';
import { createExaminer } from '../technician/examination.ts';
import { writePin } from '../technician/pin-file.ts';
import { breaks } from './breaking.ts';
import { type OpenApiDocument, openApiDocument, pathOf } from './document.ts';
import { operations, problemsOfNoOperation } from './operations.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-openapi-'));
const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const identity = { applianceId: 'shop-1', release: '0.1.0' };
const options = { host: '127.0.0.1', port: 0, connectionsMax: 20, requestMsMax: 5000 };
const clock = manualClock();
const document = openApiDocument();
const checkedIn = readFileSync(openApiFile, 'utf8');
const baseline = join(import.meta.dirname, '..', '..', 'docs', 'openapi-appliance.baseline.json');

let store: StoreClient;
let server: HttpServer;
let origin: string;
let closeKiosks: () => void;
let pairingCode: string;
let routes: string[];

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 100, onGone });
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  const registry = openKioskRegistry(folder, clock);
  const door = openKioskDoor(folder, clock);
  pairingCode = codeFrom(registry);
  closeKiosks = () => {
    registry.close();
    door.close();
  };
  const technician = {
    door: createTechnicianDoor(folder, clock, log),
    examiner: createExaminer('none.toml', clock, { command: 'true', args: [] }),
    troubles: () => [],
    folder,
  };
  await writePin(folder, '830527');
  const synthetics = createSynthetics({ store, clock, log });
  const boxKey = makeBoxKey(folder);
  const synthetic = { synthetics, boxKey };
  const parts = { store, identity, log, kiosks: { door, clock }, technician, synthetic };
  const { router, endWaits } = createApp(options, parts);
  routes = router.stack.flatMap((layer) =>
    layer.methods
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method.toLowerCase()} ${String(layer.path)}`),
  );
  endWaits();
  server = await startHttp(options, parts);
  origin = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  await store.close();
  closeKiosks();
  rmSync(folder, { recursive: true });
});

describe('the description of the interface', () => {
  it('names every route there is, and no other', () => {
    const described = operations.map(({ method, route }) => `${method} ${route}`);
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  it('names every problem there is', () => {
    const told = new Set(operations.flatMap(({ problems }) => problems));
    expect([...told, ...problemsOfNoOperation].toSorted()).toEqual(problemCodes.toSorted());
  });

  it('describes every parameter of a path', () => {
    for (const { route, parameters = [] } of operations) {
      const named = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(parameters, route).toEqual(expect.arrayContaining(named));
    }
  });

  it('is what is checked in: if not, run `npm run openapi`', () => {
    expect(JSON.parse(checkedIn)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('breaks no kiosk written for the last release (docs/decisions/0023)', () => {
    expect(breaks(JSON.parse(readFileSync(baseline, 'utf8')) as OpenApiDocument, document)).toEqual([]);
  });

  it('is an OpenAPI document by the judgement of others', async () => {
    const result = await new Validator().validate(checkedIn);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('shows examples that satisfy its schemas', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        for (const { at, schemaAt, names } of mediaTypes(operation)) {
          for (const name of names) {
            const example = document.components.examples?.[name]?.value;
            const pointer = `/paths/${escaped(path)}/${method}${schemaAt}`;
            expect(errorsOf(pointer, example), `${method} ${path} ${at} ${name}`).toEqual([]);
          }
        }
      }
    }
  });
});

describe('a real appliance answers as described', () => {
  const keyed = () => ({ 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() });
  const post = (body: unknown, headers: Record<string, string> = keyed()) => ({
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const sold = async () => {
    const response = await fetch(`${origin}/v1/checkouts`, post(pennies(5)));
    return ((await response.json()) as { id: string }).id;
  };
  const fromElsewhere = { headers: { 'Sec-Fetch-Site': 'cross-site' } };
  const signedIn = async () => {
    const response = await fetch(`${origin}/v1/technician/session`, post({ pin: '830527' }));
    return { Cookie: response.headers.get('Set-Cookie')?.split(';')[0] ?? '' };
  };
  const refund = { currency: 'GBP', totalMinor: 1, reason: 'damaged' };
  const unknown = randomUUID();

  it.each<[string, number, () => Promise<[string, RequestInit?]> | [string, RequestInit?]]>([
    ['post /v1/checkouts', 201, () => ['/v1/checkouts', post(pennies(5))]],
    ['post /v1/checkouts', 201, () => ['/v1/checkouts', post({ ...pennies(5), totalMinor: 6 })]],
    ['post /v1/checkouts', 400, () => ['/v1/checkouts', post({ lines: [] })]],
    ['post /v1/checkouts', 400, () => ['/v1/checkouts', post({}, { 'Content-Type': 'application/json' })]],
    ['post /v1/checkouts', 401, () => ['/v1/checkouts', post({}, { Authorization: 'Bearer nobody' })]],
    ['post /v1/checkouts', 415, () => ['/v1/checkouts', post({}, { 'Idempotency-Key': unknown })]],
    ['post /v1/checkouts', 422, () => ['/v1/checkouts', post({ reference: '4242424242424242' })]],
    ['get /v1/checkouts', 200, () => ['/v1/checkouts?limit=3']],
    ['get /v1/checkouts', 400, () => ['/v1/checkouts?limit=0']],
    ['get /v1/checkouts/:id', 200, async () => [`/v1/checkouts/${await sold()}`]],
    ['get /v1/checkouts/:id', 404, () => [`/v1/checkouts/${unknown}`]],
    ['get /v1/checkouts/:id/slip', 200, async () => [`/v1/checkouts/${await sold()}/slip?copy=true`]],
    ['get /v1/checkouts/:id/slip', 404, () => [`/v1/checkouts/${unknown}/slip`]],
    [
      'post /v1/checkouts/:id/void',
      201,
      async () => [`/v1/checkouts/${await sold()}/void`, post({ reason: 'x' })],
    ],
    ['post /v1/checkouts/:id/void', 404, () => [`/v1/checkouts/${unknown}/void`, post({ reason: 'x' })]],
    ['post /v1/refunds', 201, async () => ['/v1/refunds', post({ ...refund, checkoutId: await sold() })]],
    ['post /v1/refunds', 404, () => ['/v1/refunds', post({ ...refund, checkoutId: unknown })]],
    [
      'post /v1/checkouts/:id/fulfilment',
      201,
      async () => [`/v1/checkouts/${await sold()}/fulfilment`, post({ step: 'picked' })],
    ],
    [
      'post /v1/checkouts/:id/fulfilment',
      400,
      async () => [`/v1/checkouts/${await sold()}/fulfilment`, post({ step: 'lost' })],
    ],
    [
      'post /v1/checkouts/:id/fulfilment',
      404,
      () => [`/v1/checkouts/${unknown}/fulfilment`, post({ step: 'picked' })],
    ],
    [
      'post /v1/refunds',
      201,
      async () => [
        '/v1/refunds',
        post({ checkoutId: await sold(), lines: [{ line: 0, quantity: 2 }], reason: 'x' }),
      ],
    ],
    ['post /v1/quotes', 200, () => ['/v1/quotes', post(pennies(5))]],
    ['post /v1/quotes', 400, () => ['/v1/quotes', post({ lines: 1 })]],
    ['post /v1/pairings', 403, () => ['/v1/pairings', post({ code: 'WRNG-C0DE' })]],
    ['post /v1/pairings', 201, () => ['/v1/pairings', post({ code: pairingCode })]],
    ['get /v1/status', 200, () => ['/v1/status']],
    ['get /v1/flags', 200, () => ['/v1/flags']],
    ['get /v1/technician/session', 200, () => ['/v1/technician/session']],
    ['get /v1/technician/session', 403, () => ['/v1/technician/session', fromElsewhere]],
    ['post /v1/technician/session', 400, () => ['/v1/technician/session', post({ pin: '1' })]],
    ['post /v1/technician/session', 403, () => ['/v1/technician/session', post({ pin: '915038' })]],
    ['post /v1/technician/session', 201, () => ['/v1/technician/session', post({ pin: '830527' })]],
    [
      'post /v1/technician/session/end',
      200,
      async () => ['/v1/technician/session/end', post({}, await signedIn())],
    ],
    ['get /v1/technician/view', 401, () => ['/v1/technician/view']],
    [
      'get /v1/technician/view',
      200,
      async () => ['/v1/technician/view?acted=true', { headers: await signedIn() }],
    ],
    [
      'post /v1/technician/examination',
      202,
      async () => ['/v1/technician/examination', post({}, await signedIn())],
    ],
    [
      'post /v1/technician/pairings',
      201,
      async () => [
        '/v1/technician/pairings',
        post({ name: 'till-9', scopes: ['read'] }, { ...keyed(), ...(await signedIn()) }),
      ],
    ],
    ['get /livez', 200, () => ['/livez']],
    ['get /readyz', 200, () => ['/readyz']],
    ['get /openapi.json', 200, () => ['/openapi.json']],
  ])('%s with %i', async (name, status, request) => {
    const response = await fetch(...at(await request()));
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(status);
    const [method = '', route = ''] = name.split(' ');
    const type = response.headers.get('Content-Type')?.split(';')[0] ?? '';
    const pointer = `/paths/${escaped(pathOf(route))}/${method}/responses/${status}/content/${escaped(type)}/schema`;
    expect(errorsOf(pointer, body)).toEqual([]);
  });

  it('serves what is checked in, without a token, and only once to who has it', async () => {
    const first = await fetch(`${origin}/openapi.json`);
    expect(await first.text()).toBe(checkedIn);
    expect(first.headers.get('Cache-Control')).toMatch(/max-age=\d+/);
    const again = await fetch(`${origin}/openapi.json`, {
      // Else fetch would add no-cache, which asks for the whole again.
      headers: { 'If-None-Match': first.headers.get('ETag') ?? '', 'Cache-Control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  const at = ([path, init]: [string, RequestInit?]): [string, RequestInit] => [origin + path, init ?? {}];
});

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

/** What is wrong with a value by the schema at a place of the document. */
function errorsOf(pointer: string, value: unknown): unknown[] {
  const validate = ajv.getSchema(`api#${pointer}`);
  if (!validate) return [`nothing is described at ${pointer}`];
  return validate(value) ? [] : (validate.errors ?? []);
}

/** As a JSON pointer inside a URI fragment spells a key. */
function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** Every body an operation takes or gives, with the examples that show it. */
function mediaTypes(operation: Json) {
  const bodies: [string, Json | undefined][] = [
    ['/requestBody', operation.requestBody as Json | undefined],
    ...Object.entries(operation.responses as Record<string, Json>).map(
      ([status, response]): [string, Json] => [`/responses/${status}`, response],
    ),
  ];
  return bodies.flatMap(([at, body]) =>
    Object.entries((body?.content ?? {}) as Record<string, Json>).map(([type, media]) => ({
      at,
      schemaAt: `${at}/content/${escaped(type)}/schema`,
      names: Object.keys((media.examples ?? {}) as Json),
    })),
  );
}

function codeFrom(registry: ReturnType<typeof openKioskRegistry>): string {
  const offered = registry.offer({ name: 'till-1', scopes: ['sell'] });
  return offered.kind === 'offered' ? offered.code : expect.fail(offered.kind);
}
