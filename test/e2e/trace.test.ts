// One trace from the kiosk's press to the row of the processor's report that settles it, as a collector receives it from real
// programs: of a sale that central decides, of one that waited for a link, and of one whose kiosk brought a trace of its own.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { Hops } from '../../central/latency/hops.ts';
import { type Checkout, createKioskClient, type KioskSpan } from '../../kiosk/client.ts';
import { createCentralApi } from '../../trial/central-api.ts';
import { freePorts } from '../../trial/link.ts';
import { startProcessing } from '../../trial/replay/processing.ts';
import type { Site } from '../../trial/site.ts';
import { newFolder, openShop, statusOf } from './shop.ts';
import { untilOutcome } from './till.ts';

const waitMsMax = 30_000;
const offlineMs = 1200;
const webhookSecret = 'whsec_of_a_trial';
const collectorKey = 'Bearer of-the-collector';
const sale: Checkout = {
  lines: [{ sku: 'HF-101', quantity: 1 }],
  currency: 'GBP',
  totalMinor: 185,
  payment: { token: 'pm_card_visa', fingerprint: 'fp_1', scheme: 'visa', last4: '4242' },
  mode: 'offline_ok',
};

/** What of OTLP/HTTP in JSON a collector insists on: ids in hex, times as texts of nanoseconds, values by their kind. */
const Value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const Attributes = z.array(z.strictObject({ key: z.string(), value: Value }));
const OtlpSpan = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string(),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes: Attributes,
  status: z.strictObject({ code: z.literal(2) }).optional(),
});
const Export = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({ scope: z.strictObject({ name: z.string() }), spans: z.array(OtlpSpan) }),
      ),
    }),
  ),
});
type Received = z.infer<typeof OtlpSpan> & { service: unknown };

async function startCollector() {
  const spans: Received[] = [];
  const wrong: string[] = [];
  const server = createServer(async (request, response) => {
    const parsed = Export.safeParse(await json(request));
    const { url, headers } = request;
    if (!parsed.success) wrong.push(parsed.error.message);
    if (url !== '/v1/traces' || headers['content-type'] !== 'application/json') wrong.push(String(url));
    if (headers.authorization !== collectorKey) wrong.push(`authorization: ${headers.authorization}`);
    for (const { resource, scopeSpans } of parsed.data?.resourceSpans ?? []) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value;
      spans.push(...scopeSpans.flatMap((scope) => scope.spans).map((span) => ({ ...span, service })));
    }
    response.setHeader('Content-Type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wrong,
    /** What came of a trace, once all of these did. */
    async trace(traceId: string, names: readonly string[]): Promise<Received[]> {
      const endMs = Date.now() + waitMsMax;
      for (;;) {
        const found = spans.filter((span) => span.traceId === traceId);
        const came = new Set(found.map(({ name }) => name));
        if (names.every((name) => came.has(name))) return found;
        if (Date.now() > endMs) expect.fail(`of ${traceId} came ${[...came]}`);
        await sleep(50);
      }
    },
    close: () => server.close(),
  };
}

it('links the press, the appliance, the wait for a link and the books', { timeout: 180_000 }, async () => {
  const folder = newFolder();
  const headersFile = join(folder, 'otlp-headers');
  writeFileSync(headersFile, `Authorization: ${collectorKey}\n`, { mode: 0o600 });
  const collector = await startCollector();
  const [webhookPort = 0] = await freePorts(1);
  const crashed = (_: unknown, how: string) => expect.fail(how);
  const processing = await startProcessing({ folder, faults: 'none', seed: 1, onCrash: crashed });
  const secretFile = join(folder, 'stripe.webhooks');
  writeFileSync(secretFile, `${webhookSecret}\n`, { mode: 0o600 });
  const [[name, stripe] = expect.fail('a processor')] = Object.entries(processing.charging.processors);
  const settings = { ...stripe.settings, webhookSecretFiles: [secretFile] };
  const site = await openShop(folder, {
    tracing: { otlpUrl: collector.url, headersFile },
    charging: { webhookPort, processors: { [name]: { ...stripe, settings } } },
  });
  const pressed: KioskSpan[] = [];
  const kiosk = createKioskClient({ baseUrl: site.applianceUrl, onSpan: (span) => pressed.push(span) });
  try {
    await tellWebhooks(stripe.baseUrl, `http://127.0.0.1:${webhookPort}/webhooks/${name}`);
    // Central decides it, by its processor; it is captured, told of by a webhook, and the outcome comes back to the box.
    await until(async () => (await statusOf(site)).link.kind === 'online');
    const { id: online } = await kiosk.checkout({ ...sale, mode: 'require_online' });
    await untilOutcome(kiosk, online, 'captured');
    const decided = ['await decision', 'book', 'capture', 'charge', 'decide', 'send entries', 'webhook'];
    await collector.trace(traceOf(online), [...decided, 'send outcome', 'POST /v1/checkouts']);

    site.link.cut();
    await until(async () => (await statusOf(site)).link.kind !== 'online');
    const { id: offline } = await kiosk.checkout(sale);
    await sleep(offlineMs);
    site.link.restore();
    const { hops, traceId } = await booked(site, offline);
    expect(traceId).toBe(traceOf(offline));
    expect(hops).toMatchObject({ madeBy: 'central' });
    expect(hops.waitingOfflineMs).toBeGreaterThanOrEqual(offlineMs - 100);

    // A program of its own brings its own trace, which stands in the entry, and is the one of every span after it.
    const own = randomBytes(16).toString('hex');
    const id = await postAs(site, `00-${own}-00f067aa0ba902b7-01`);
    expect(await booked(site, id)).toMatchObject({ traceId: own });

    // The processor pays, the bank shows it, and what a row of its report was found for is settled.
    for (const one of [offline, id]) await untilOutcome(kiosk, one, 'captured');
    await processing.reconcile(
      site,
      createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey }),
    );
    for (const one of [online, offline, id]) await untilOutcome(kiosk, one, 'settled');

    const settled = await collector.trace(traceOf(online), [...decided, 'settlement']);
    expect(linked(settled, pressed[0])).toEqual([...decided, 'send outcome', 'settlement'].toSorted());
    expect(attributesOf(settled, 'charge')).toMatchObject({
      'peer.service': 'stripe',
      'holdfast.result': 'approved',
    });
    const way = [
      'book',
      'charge',
      'send entries',
      'send outcome',
      'settlement',
      'waiting offline',
      'webhook',
    ];
    const waited = await collector.trace(traceId, way);
    expect(linked(waited, pressed[1])).toEqual(way);
    expect(durationMs(waited, 'waiting offline')).toBeCloseTo(hops.waitingOfflineMs ?? 0, 0);
    const [request] = (await collector.trace(own, ['settlement'])).filter(({ kind }) => kind === 2);
    expect(request?.parentSpanId).toBe('00f067aa0ba902b7');

    const latency = await read<{ hops: { hop: string; documents: number; p50Ms: number | null }[] }>(
      site,
      `/v1/latency?appliance=${site.applianceId}`,
    );
    const documents = Object.fromEntries(latency.hops.map(({ hop, documents: count }) => [hop, count]));
    expect(documents).toEqual({ waiting_offline: 1, sending: 3, booking: 3 });
    expect(collector.wrong).toEqual([]);
  } finally {
    await site.stop();
    await processing.stop();
    collector.close();
  }
  rmSync(folder, { recursive: true });
});

async function tellWebhooks(sandboxUrl: string, url: string): Promise<void> {
  const body = JSON.stringify({ url, secret: webhookSecret });
  expect((await fetch(`${sandboxUrl}/sandbox/webhooks`, { method: 'PUT', body })).ok).toBe(true);
}

const traceOf = (id: string) => id.replaceAll('-', '');

/** Every span but the request's hangs on the request's, and that one on the press; the names of the others. */
function linked(spans: readonly Received[], press: KioskSpan | undefined): string[] {
  const request = spans.find(({ kind }) => kind === 2);
  expect(request).toMatchObject({ name: 'POST /v1/checkouts', parentSpanId: press?.spanId });
  expect(request).toMatchObject({ service: { stringValue: 'holdfast' }, traceId: press?.traceId });
  const others = spans.filter((span) => span !== request);
  for (const span of others) {
    const service = span.name === 'await decision' ? 'holdfast' : 'holdfast-central';
    expect(span).toMatchObject({ parentSpanId: request?.spanId, service: { stringValue: service } });
  }
  // One that is read twice, or sent again, is the same.
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  return [...new Set(others.map(({ name }) => name))].toSorted();
}

function attributesOf(spans: readonly Received[], name: string): object {
  const { attributes = [] } = spans.find((span) => span.name === name) ?? {};
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function durationMs(spans: readonly Received[], name: string): number {
  const found = spans.find((span) => span.name === name);
  return Number(BigInt(found?.endTimeUnixNano ?? 0) - BigInt(found?.startTimeUnixNano ?? 0)) / 1e6;
}

async function postAs(site: Site, traceparent: string): Promise<string> {
  const id = randomUUID();
  const headers = { 'content-type': 'application/json', 'idempotency-key': id, traceparent };
  const answer = await fetch(`${site.applianceUrl}/v1/checkouts`, {
    ...{ method: 'POST', headers, body: JSON.stringify(sale) },
  });
  expect(answer.status).toBe(201);
  return id;
}

async function read<T>(site: Site, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${site.operatorKey}` };
  return (await (await fetch(`${site.centralUrl}${path}`, { headers })).json()) as T;
}

async function booked(site: Site, id: string): Promise<{ traceId: string; hops: Hops }> {
  let story: { traceId: string; hops?: Hops } | null = null;
  await until(async () => {
    story = await read(site, `/v1/checkouts/${id}`);
    return story?.hops !== undefined;
  });
  return story ?? expect.fail('booked');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + waitMsMax;
  while (!(await holds())) {
    if (Date.now() > endMs) expect.fail('it did not come to that');
    await sleep(50);
  }
}
