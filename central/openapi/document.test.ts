// The description of the operators' interface is true: it is what is checked in, others call it OpenAPI, its examples
// satisfy it, and a real central answers every route as it says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import type { Json } from '../../kit/json-schemas.ts';
import { silentLog } from '../../kit/log.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { publishProducts } from '../feed/publish.ts';
import { byTester, testerAtWork } from '../fixtures/by.ts';
import {
  describedRoute,
  description as document,
  errorsOf,
  escaped,
  wrongWith,
} from '../fixtures/described.ts';
import { bytesOf, checkoutEntry, salvageEntry, syntheticEntry } from '../fixtures/entries.ts';
import { sampleHeard } from '../fixtures/health.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { findOneDifference } from '../fixtures/reports/one-difference.ts';
import { openReviewStore } from '../fixtures/review-store.ts';
import type { FleetFile } from '../fleet/port.ts';
import { openFleetFile } from '../fleet/sqlite/fleet-file.ts';
import { problemsOf } from '../http/route.ts';
import { type HttpServer, openApiFile, openHttpServer } from '../http/server.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import { ReviewConfig } from '../people/review-config.ts';
import { describedRoutes, pathOf, securityOf } from './document.ts';

/** Routes whose answers a test of their own room holds against the description (fixtures/described.ts), and which. */
const persons = 'central/http/session.test.ts';
const answeredElsewhere: Record<string, string> = Object.fromEntries(
  describedRoutes()
    .filter(({ path }) => /^\/v1\/(session|persons)/.test(path))
    .map(({ id }) => [id, persons]),
);

const nowMs = 1_795_000_000_000;
const checkedIn = readFileSync(openApiFile, 'utf8');
const { privateKey, publicKeyDer } = testKeys();
const sale = checkoutEntry({ totalMinor: 100 });
const synthetic = syntheticEntry();
const journal = createTestJournal('box-1', privateKey);
const secret = newApiKey();
const viewer = newApiKey();

const folder = temporaryFolder();
const opened = openReviewStore(join(folder.path, 'central.db'));
let http: HttpServer;
let fleet: FleetFile;

beforeAll(async () => {
  const { store, port, reviews } = opened;
  journal.append(bytesOf(sale), Buffer.from('{'));
  const payload = await journal.payload(1, 2);
  const facts = { lastSeq: 2, lastHash: journal.hashAt(2), feedId: null, appliedThrough: 0, nowMs };
  await port.ensureFirstKey(hashApiKey(secret), nowMs);
  const unbound = { owner: null, scopes: null, addresses: null, expiresMs: null };
  const key = { name: 'eyes', role: 'viewer' as const, ...unbound };
  await port.createKey({ ...key, hash: hashApiKey(viewer) }, byTester(nowMs));
  await port.registerAppliance({ id: 'box-1', site: 'Leeds' }, byTester(nowMs));
  await port.hello({
    applianceId: 'box-1',
    publicKey: publicKeyDer,
    journalId: journal.journalId,
    release: '1.0',
    ...facts,
  });
  await port.receive({ applianceId: 'box-1', payload, nowMs });
  const next = createTestJournal('box-1', privateKey);
  const lost = [{ firstSeq: 3, lastSeq: 3 }];
  next.append(
    bytesOf(salvageEntry({ fromJournalId: journal.journalId, lastSeq: 3, lost })),
    bytesOf(synthetic),
  );
  const goesOn = { journalId: next.journalId, lastSeq: 2, lastHash: next.hashAt(2), release: '1.0' };
  await port.hello({ ...facts, applianceId: 'box-1', publicKey: publicKeyDer, ...goesOn });
  await port.receive({ applianceId: 'box-1', payload: await next.payload(1, 2), nowMs });
  await port.bookPiece(100, nowMs);
  await port.ensurePolicy(defaultPolicy);
  await port.changeHotList({ fingerprint: 'fp_a', change: 'add' }, byTester(nowMs));
  await port.raiseCondition({
    ...{ applianceId: 'box-1', code: 'identity_in_two_places', detail: 'twice', nowMs },
  });
  const product = { sku: 'A', name: 'A', price: { priceMinor: 1, baseQuantity: 1 as const }, sellable: true };
  await publishProducts(
    port,
    [product],
    testerAtWork(() => nowMs),
  );
  for (const kind of ['in_review', 'fraud', 'unknown_attempt'] as const) {
    const money = { currency: 'GBP', amountMinor: 100, reason: 'amount_large', nowMs };
    store.transaction(() =>
      reviews.open({ kind, applianceRef: 1, documentId: sale.id, attemptRef: null, ...money }),
    );
  }
  const silent = { rule: 'silent', subject: 'appliance box-1', site: 'Leeds', members: ['box-1'] };
  await port.changeAlerts({
    ...{ altered: [], escalated: [], cleared: [], mails: false, nowMs },
    opened: [{ ...silent, severity: 'critical', words: 'nothing heard', level: 'bad' }],
  });
  await port.createPayee({ id: 'bolt', name: 'Bolt', bankReference: 'GB2' }, byTester(nowMs - 2));
  await port.correctMovement(
    {
      movementId: 1,
      reason: 'wrong payee',
      replacement: [
        { account: 'receivable:customer', currency: 'GBP', amountMinor: 100 },
        { account: 'payable:payee:bolt', currency: 'GBP', amountMinor: -100 },
      ],
    },
    byTester(nowMs - 1),
  );
  await findOneDifference(port, nowMs);
  await port.storeWebhook({
    processor: 'stripe',
    events: [{ eventId: 'evt_1', type: 'payout.paid', happenedMs: nowMs, about: { kind: 'other' } }],
    body: Buffer.from('{}'),
    signature: null,
    nowMs,
  });
  const refused = { processor: 'stripe', code: 'signature_wrong' as const };
  await port.noteRefusedWebhooks({
    counts: [{ ...refused, count: 1, lastMs: nowMs }],
    last: [{ ...refused, address: '203.0.113.9', atMs: nowMs, bodyBytes: 2, bodyHash: Buffer.alloc(32) }],
  });
  fleet = openFleetFile(folder.path, { clock: manualClock(nowMs), log: silentLog });
  fleet.take('box-1', [sampleHeard.report], sampleHeard.heardMs);
  http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    store: port,
    fleet: {
      reports: fleet,
      ...{ past: fleet, doctors: fleet },
      connected: (id) => id === 'box-1',
    },
    ignoredFrames: () => [{ applianceId: 'box-1', frame: 'entries', reason: 'signature_wrong', times: 1 }],
    processors: () => [
      {
        name: 'stripe',
        breaker: 'closed',
        sinceMs: nowMs,
        inFlight: 1,
        placesMax: 64,
        lastAnsweredMs: nowMs,
        callMs: { p50: 200, p99: 900 },
        counts: { approved: 1 },
      },
    ],
    reviews: ReviewConfig.parse({ secondPersonAboveMinor: { GBP: 0 } }),
    payouts: PayoutsConfig.parse(undefined),
    enrolment: {
      place: { estUrl: 'https://localhost:8884', root: `sha256:${'0'.repeat(64)}` },
      onDenied: async () => {},
      authority: async () => ({
        facts: { issuing: null, serverNotAfterMs: nowMs, crls: [] },
        conditions: [],
      }),
    },
    onRollout: () => {},
    nowMs: () => nowMs,
    log: silentLog,
  });
});
afterAll(async () => {
  await http.close();
  fleet.close();
  opened.close();
  folder.remove();
});

describe('the description of the operators’ interface', () => {
  it('is what is checked in: if not, run `npm run openapi`', () => {
    expect(JSON.parse(checkedIn)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('is an OpenAPI document by the judgement of others', async () => {
    const result = await new Validator().validate(checkedIn);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('names the action of every route', () => {
    for (const route of describedRoutes()) {
      const operation = document.paths[pathOf(route.path)]?.[route.method.toLowerCase()];
      expect(operation?.security, route.id).toEqual(securityOf(route.action));
    }
  });

  it('shows examples that satisfy its schemas', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        for (const { at, example } of mediaTypes(operation)) {
          const pointer = `/paths/${escaped(path)}/${method}${at}/schema`;
          expect(errorsOf(pointer, example), `${method} ${path} ${at}`).toEqual([]);
        }
      }
    }
  });
});

describe('a real central answers as described', () => {
  const post = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const put = (body: unknown) => ({ ...post(body), method: 'PUT' });
  const note = { note: 'seen' };
  const endpoint = { url: 'https://shop.example/holdfast', types: ['payout.made'] };

  /** In their order: later ones find what earlier ones made. */
  const asked: [route: string, status: number, path: string, init?: RequestInit][] = [
    ['listAppliances', 200, '/v1/appliances'],
    ['listAppliances', 400, '/v1/appliances?limit=0'],
    ['readAppliance', 200, '/v1/appliances/box-1'],
    ['readAppliance', 404, '/v1/appliances/box-9'],
    ['readAuthority', 200, '/v1/authority'],
    ['createSite', 201, '/v1/sites', post({ name: 'York' })],
    ['createSite', 409, '/v1/sites', post({ name: 'York' })],
    ['listSites', 200, '/v1/sites'],
    ['createEnrolment', 201, '/v1/enrolments', post({ site: 'York' })],
    ['createEnrolment', 201, '/v1/enrolments', post({ site: 'Hull', newSite: true, days: 1 })],
    ['createEnrolment', 404, '/v1/enrolments', post({ site: 'Nowhere' })],
    ['createEnrolment', 409, '/v1/enrolments', post({ site: 'York', applianceId: 'box-1' })],
    ['cancelEnrolment', 200, '/v1/enrolments/2/cancellation', post({ reason: 'lost' })],
    ['cancelEnrolment', 404, '/v1/enrolments/9/cancellation', post({ reason: 'lost' })],
    ['listEnrolments', 200, '/v1/enrolments?open=true&limit=1'],
    ['readEnrolment', 200, '/v1/enrolments/1'],
    ['readEnrolment', 404, '/v1/enrolments/9'],
    ['readIdentity', 200, '/v1/appliances/box-1/identity'],
    ['readIdentity', 404, '/v1/appliances/box-9/identity'],
    [
      'acknowledgeCondition',
      200,
      '/v1/appliances/box-1/acknowledgements',
      post({ code: 'identity_in_two_places', note: 'wiped' }),
    ],
    [
      'acknowledgeCondition',
      404,
      '/v1/appliances/box-1/acknowledgements',
      post({ code: 'identity_in_two_places', note: 'wiped' }),
    ],
    ['retireAppliance', 200, '/v1/appliances/york-1/retirement', post({ reason: 'sold' })],
    ['readmitAppliance', 200, '/v1/appliances/york-1/readmission', post({ reason: 'came back' })],
    ['readmitAppliance', 409, '/v1/appliances/york-1/readmission', post({ reason: 'came back' })],
    ['listFleet', 200, '/v1/fleet'],
    ['readFleetMember', 200, '/v1/fleet/box-1'],
    ['readFleetMember', 404, '/v1/fleet/box-9'],
    ['listFleetMetrics', 200, '/v1/fleet-metrics'],
    ['readSeries', 200, '/v1/fleet/box-1/series?metric=resident_bytes'],
    ['readSeries', 200, '/v1/fleet/box-1/series?metric=http_ms&from=1795340000000&to=1795350000000'],
    ['readSeries', 400, '/v1/fleet/box-1/series?metric=moods'],
    ['readSeries', 404, '/v1/fleet/box-9/series?metric=resident_bytes'],
    ['readTimeline', 200, '/v1/fleet/box-1/timeline'],
    ['readTimeline', 404, '/v1/fleet/box-9/timeline'],
    ['listAlerts', 200, '/v1/alerts?state=standing&appliance=box-1'],
    ['readAlert', 200, '/v1/alerts/1'],
    ['readAlert', 404, '/v1/alerts/99'],
    ['acknowledgeAlert', 200, '/v1/alerts/1/acknowledgement', post(note)],
    ['acknowledgeAlert', 409, '/v1/alerts/1/acknowledgement', post(note)],
    ['snoozeAlert', 200, '/v1/alerts/1/snooze', post({ untilMs: nowMs + 60_000, ...note })],
    ['snoozeAlert', 400, '/v1/alerts/1/snooze', post({ untilMs: nowMs - 60_000, ...note })],
    [
      'createMaintenance',
      201,
      '/v1/maintenance',
      post({ scope: { kind: 'all' }, untilMs: nowMs + 60_000, reason: 'x' }),
    ],
    [
      'createMaintenance',
      400,
      '/v1/maintenance',
      post({ scope: { kind: 'all' }, untilMs: nowMs, reason: 'x' }),
    ],
    ['listMaintenance', 200, '/v1/maintenance'],
    ['endMaintenance', 200, '/v1/maintenance/1/end', post({ reason: 'done' })],
    ['endMaintenance', 409, '/v1/maintenance/1/end', post({ reason: 'done' })],
    ['endMaintenance', 404, '/v1/maintenance/9/end', post({ reason: 'done' })],
    ['listFleetRows', 200, '/v1/fleet-rows'],
    ['findCheckouts', 200, '/v1/search?q=1.00'],
    ['findCheckouts', 400, '/v1/search'],
    ['askSyntheticCheckout', 202, '/v1/appliances/box-1/synthetic-checkouts', { method: 'POST' }],
    ['askSyntheticCheckout', 404, '/v1/appliances/box-9/synthetic-checkouts', { method: 'POST' }],
    ['readDoctor', 200, '/v1/appliances/box-1/doctor'],
    ['askDoctor', 202, '/v1/appliances/box-1/doctor', { method: 'POST' }],
    ['readDoctor', 200, '/v1/appliances/box-1/doctor'],
    ['askDoctor', 404, '/v1/appliances/box-9/doctor', { method: 'POST' }],
    ['readDoctor', 404, '/v1/appliances/box-9/doctor'],
    ['readLatency', 200, '/v1/latency?appliance=box-1&days=7'],
    ['readLatency', 400, '/v1/latency?days=36'],
    ['listSyntheticCheckouts', 200, '/v1/synthetic-checkouts?appliance=box-1'],
    ['readSyntheticCheckout', 200, `/v1/synthetic-checkouts/${synthetic.id}`],
    ['readSyntheticCheckout', 404, `/v1/synthetic-checkouts/${sale.id}`],
    ['listIgnoredFrames', 200, '/v1/intake/ignored'],
    ['listCheckouts', 200, '/v1/checkouts'],
    ['readCheckout', 200, `/v1/checkouts/${sale.id}`],
    ['listAccounts', 200, '/v1/ledger/accounts'],
    ['readCheckoutStory', 200, `/v1/checkouts/${sale.id}/story`],
    ['readCheckoutStory', 404, `/v1/checkouts/${sale.id}/story?appliance=box-2`],
    ['listPostings', 200, '/v1/ledger/postings'],
    ['listAccountPostings', 200, '/v1/ledger/accounts/receivable%3Acustomer/postings?currency=GBP'],
    ['listAccountPostings', 400, '/v1/ledger/accounts/receivable%3Acustomer/postings'],
    ['listParked', 200, '/v1/ledger/parked'],
    ['listEntries', 200, `/v1/ledger/entries?journal=${journal.journalId}`],
    ['readCatalogue', 200, '/v1/catalogue'],
    ['listProducts', 200, '/v1/catalogue/products'],
    ['readPolicy', 200, '/v1/policy'],
    ['listHotCards', 200, '/v1/hot-list'],
    ['setLabels', 200, '/v1/appliances/box-1/labels', put({ labels: { group: 'city' } })],
    ['setLabels', 404, '/v1/appliances/box-9/labels', put({ labels: {} })],
    ['setLabels', 400, '/v1/appliances/box-1/labels', put({ labels: { A: 'city' } })],
    ['readLabels', 200, '/v1/appliances/box-1/labels'],
    ['readLabels', 404, '/v1/appliances/box-9/labels'],
    ['createRollout', 201, '/v1/rollouts', post({ change: { kind: 'flags', flags: {} } })],
    ['createRollout', 409, '/v1/rollouts', post({ change: { kind: 'flags', flags: {} } })],
    ['createRollout', 404, '/v1/rollouts', post({ change: { kind: 'release', release: '9.9.9' } })],
    ['createRollout', 400, '/v1/rollouts', post({ change: { kind: 'flags' } })],
    ['listRollouts', 200, '/v1/rollouts?limit=1'],
    ['readRollout', 200, '/v1/rollouts/1'],
    ['readRollout', 404, '/v1/rollouts/9'],
    ['listRolloutBoxes', 200, '/v1/rollouts/1/boxes?state=waiting'],
    ['listRolloutEvents', 200, '/v1/rollouts/1/events'],
    ['stepRollout', 200, '/v1/rollouts/1/steps', post({ kind: 'pause', version: 1, reason: 'wait' })],
    ['stepRollout', 409, '/v1/rollouts/1/steps', post({ kind: 'resume', version: 1, reason: 'go' })],
    ['stepRollout', 409, '/v1/rollouts/1/steps', post({ kind: 'pause', version: 2, reason: 'wait' })],
    ['stepRollout', 404, '/v1/rollouts/9/steps', post({ kind: 'pause', version: 1, reason: 'wait' })],
    ['listReleases', 200, '/v1/releases'],
    ['createKey', 201, '/v1/keys', post({ name: 'a', role: 'finance', scopes: ['ledger.read'] })],
    ['createKey', 409, '/v1/keys', post({ name: 'a', role: 'finance' })],
    ['createKey', 400, '/v1/keys', post({ name: 'A', role: 'king' })],
    ['createKey', 415, '/v1/keys', { method: 'POST', body: 'name=a' }],
    ['createKey', 413, '/v1/keys', post({ name: 'x'.repeat(70_000) })],
    ['listKeys', 200, '/v1/keys'],
    ['rotateKey', 201, '/v1/keys/a/secrets', post({ oldUntilMs: nowMs + 1 })],
    ['rotateKey', 404, '/v1/keys/b/secrets', post({ oldUntilMs: nowMs + 1 })],
    ['revokeKey', 200, '/v1/keys/a/revocation', post({ reason: 'lost' })],
    ['revokeKey', 409, '/v1/keys/a/revocation', post({ reason: 'lost' })],
    ['listReviews', 200, '/v1/reviews'],
    ['readReview', 200, '/v1/reviews/1'],
    ['readReview', 404, '/v1/reviews/99'],
    ['decideReview', 200, '/v1/reviews/1/decisions', post({ decision: 'ask', ...note })],
    ['answerReview', 200, '/v1/reviews/1/answers', post(note)],
    ['decideReview', 200, '/v1/reviews/1/decisions', post({ decision: 'approve', ...note })],
    ['decideReview', 409, '/v1/reviews/1/decisions', post({ decision: 'approve', ...note })],
    ['decideReview', 200, '/v1/reviews/3/decisions', post({ decision: 'try_again', ...note })],
    ['listCollections', 200, '/v1/collections'],
    ['readCollection', 200, `/v1/collections/box-1/${sale.id}`],
    ['readCollection', 404, `/v1/collections/box-2/${sale.id}`],
    ['listExposure', 200, '/v1/exposure'],
    ['listProcessors', 200, '/v1/processors'],
    ['listExceptions', 200, '/v1/exceptions?state=open'],
    ['countExceptions', 200, '/v1/exceptions/open'],
    ['readException', 200, '/v1/exceptions/1'],
    ['readException', 404, '/v1/exceptions/99'],
    ['actOnException', 200, '/v1/exceptions/1/actions', post({ kind: 'accept', ...note })],
    ['actOnException', 409, '/v1/exceptions/1/actions', post({ kind: 'received', ...note })],
    ['actOnException', 409, '/v1/exceptions/1/actions', post({ kind: 'confirm', proposal: 2, ...note })],
    ['actOnException', 400, '/v1/exceptions/1/actions', post({ kind: 'accept' })],
    ['listDoubts', 200, '/v1/journals/doubts?state=open&appliance=box-1'],
    ['readDoubt', 200, '/v1/journals/doubts/1'],
    ['readDoubt', 404, '/v1/journals/doubts/9'],
    ['settleDoubt', 200, '/v1/journals/doubts/1/settlement', post({ reason: 'seen', evidence: 'slip 4' })],
    ['settleDoubt', 409, '/v1/journals/doubts/1/settlement', post({ reason: 'seen' })],
    ['settleDoubt', 400, '/v1/journals/doubts/1/settlement', post({ evidence: 'slip 4' })],
    ['listReconciliationRuns', 200, '/v1/reconciliation/runs'],
    ['listReportFiles', 200, '/v1/reconciliation/files'],
    ['readReportFile', 200, '/v1/reconciliation/files/1'],
    ['createPayee', 201, '/v1/payees', post({ id: 'acme', name: 'Acme', bankReference: 'GB1' })],
    ['createPayee', 409, '/v1/payees', post({ id: 'acme', name: 'Acme', bankReference: 'GB1' })],
    ['createPayee', 400, '/v1/payees', post({ id: 'house', name: 'Acme', bankReference: 'GB1' })],
    ['listPayees', 200, '/v1/payees'],
    ['readPayee', 200, '/v1/payees/bolt'],
    ['readPayee', 404, '/v1/payees/nobody'],
    ['preparePayout', 200, '/v1/payouts', post({ payee: 'acme', currency: 'GBP' })],
    ['preparePayout', 200, '/v1/payouts', post({ payee: 'bolt', currency: 'GBP' })],
    ['preparePayout', 404, '/v1/payouts', post({ payee: 'nobody', currency: 'GBP' })],
    ['listPayouts', 200, '/v1/payouts?payee=bolt&state=prepared'],
    ['readPayout', 200, '/v1/payouts/1'],
    ['readPayout', 404, '/v1/payouts/9'],
    ['listPayoutLines', 200, '/v1/payouts/1/lines?limit=1'],
    ['stepPayout', 409, '/v1/payouts/1/steps', post({ kind: 'approved' })],
    ['stepPayout', 409, '/v1/payouts/1/steps', post({ kind: 'paid', reference: 'BACS-7' })],
    ['stepPayout', 200, '/v1/payouts/1/steps', post({ kind: 'failed', reason: 'account closed' })],
    ['listWebhookSources', 200, '/v1/webhooks/sources'],
    ['listWebhookEvents', 200, '/v1/webhooks/events'],
    ['readWebhookEvent', 200, '/v1/webhooks/events/evt_1'],
    ['readWebhookEvent', 404, '/v1/webhooks/events/evt_9'],
    ['replayWebhookEvent', 202, '/v1/webhooks/events/evt_1/replays', post({ reason: 'mended' })],
    ['replayWebhookEvents', 202, '/v1/webhooks/replays', post({ which: 'dead', reason: 'mended' })],
    ['createOutboundEndpoint', 201, '/v1/outbound/endpoints', post(endpoint)],
    [
      'createOutboundEndpoint',
      400,
      '/v1/outbound/endpoints',
      post({ ...endpoint, url: 'http://a.example/' }),
    ],
    ['testOutboundEndpoint', 202, '/v1/outbound/endpoints/1/tests', { method: 'POST' }],
    ['rotateOutboundSecret', 201, '/v1/outbound/endpoints/1/secrets', post({})],
    ['resendOutboundDeliveries', 202, '/v1/outbound/endpoints/1/resends', post({ reason: 'mended' })],
    [
      'switchOutboundEndpoint',
      200,
      '/v1/outbound/endpoints/1/state',
      { ...post({ state: 'disabled', reason: 'it moves' }), method: 'PUT' },
    ],
    ['listOutboundEndpoints', 200, '/v1/outbound/endpoints'],
    ['listOutboundDeliveries', 200, '/v1/outbound/deliveries'],
    [
      'replaceAppliance',
      200,
      '/v1/appliances/box-1/replacement',
      post({ journal: 'declared', note: 'burnt' }),
    ],
    [
      'replaceAppliance',
      409,
      '/v1/appliances/box-1/replacement',
      post({ journal: 'declared', note: 'burnt' }),
    ],
    ['revokeAppliance', 200, '/v1/appliances/box-1/revocation', post({ reason: 'stolen' })],
    ['revokeAppliance', 409, '/v1/appliances/box-1/revocation', post({ reason: 'stolen' })],
    ['listAudit', 200, '/v1/audit'],
    ['proveAudit', 200, '/v1/audit/proof'],
    ['proveAudit', 400, '/v1/audit/proof?number=1'],
  ];

  it.each(asked)('%s with %i', async (id, status, path, init = {}) => {
    const response = await ask(path, init);
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(status);
    expect(wrongWith(describedRoute(id), response, body)).toEqual([]);
  });

  it('is asked for every route', () => {
    const here = asked.filter(([, status]) => status < 300).map(([id]) => id);
    const answered = new Set([...here, ...Object.keys(answeredElsewhere)]);
    expect([...answered].sort()).toEqual(
      describedRoutes()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('refuses every route without a key, and with one that may not take its action', async () => {
    for (const route of describedRoutes()) {
      const path = route.path.replace(/:\w+/g, '1');
      for (const [key, status] of [
        ['', 401],
        [`Bearer ${viewer}`, 403],
      ] as const) {
        if (route.action === 'open') continue;
        if (status === 403 && route.action === 'session.own') continue;
        if (status === 403 && route.action.endsWith('.read') && route.action !== 'audit.read') continue;
        const response = await ask(path, { method: route.method, headers: { authorization: key } });
        const body = (await response.json()) as { code: string };
        expect(response.status, `${route.id} ${JSON.stringify(body)}`).toBe(status);
        expect(wrongWith(route, response, body)).toEqual([]);
        expect(problemsOf(route)).toContain(body.code);
      }
    }
  });

  it('serves what is checked in, without a key', async () => {
    const served = await ask('/openapi.json', { headers: { authorization: '' } });
    expect(await served.text()).toBe(checkedIn);
    expect(served.headers.get('etag')).toMatch(/^"/);
  });

  const ask = (path: string, init: RequestInit) =>
    fetch(`http://127.0.0.1:${http.port}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${secret}`, ...(init.headers as Record<string, string>) },
    });
});

/** Every body an operation takes or gives that shows an example. */
function mediaTypes(operation: Json): { at: string; example: unknown }[] {
  const bodies: [string, Json | undefined][] = [
    ['/requestBody', operation.requestBody as Json | undefined],
    ...Object.entries(operation.responses as Record<string, Json>).map(
      ([status, response]): [string, Json] => [`/responses/${status}`, response],
    ),
  ];
  return bodies.flatMap(([at, body]) =>
    Object.entries((body?.content ?? {}) as Record<string, Json>).flatMap(([type, media]) => {
      const place = `${at}/content/${escaped(type)}`;
      const named = Object.keys((media.examples ?? {}) as Json).map((name) => ({
        at: place,
        example: document.components.examples?.[name]?.value,
      }));
      return media.example === undefined ? named : [...named, { at: place, example: media.example }];
    }),
  );
}
