// A box as the description of the interface shows it.
import type { FleetMember } from './answers.ts';

const heardMs = 1_795_341_602_500;

export const sampleMember: FleetMember = {
  id: 'leeds-1',
  site: 'leeds',
  state: { kind: 'degraded', conditions: [{ code: 'stock_low', sinceMs: heardMs - 7_200_000 }] },
  lastProofMs: heardMs,
  connected: true,
  release: '0.1.0',
  report: {
    at: {
      wallMs: 1_795_341_602_000,
      monotonicMs: 86_402_000,
      bootId: '5f0d7c1e-93b2-4a48-b6d7-2f1e0c9a8b7d',
      central: { ms: 1_795_341_602_420, uncertaintyMs: 35 },
    },
    release: '0.1.0',
    upMs: 86_390_000,
    link: { kind: 'online', forMs: 3_600_000, outages: 2 },
    journal: {
      journalId: '0199f3c8-1111-7c01-9d2e-0a1b2c3d4e5f',
      lastSeq: 1204,
      receivedThrough: 1204,
      oldestUnreceivedMs: null,
      bytes: 734_003_200,
    },
    exposure: { totalMinor: 0, limitMinor: 500_000, currency: 'GBP' },
    versions: { catalogue: 7, policy: 3 },
    certificateEndsMs: 1_800_000_000_000,
    process: { residentBytes: 101_711_872, corePermille: 12 },
    machine: {
      loadPercent: 21,
      memoryFreeBytes: 512_000_000,
      diskFreeBytes: 21_474_836_480,
      diskTotalBytes: 31_138_512_896,
      diskWrittenBytes: 1_073_741_824,
      temperatureCelsius: 48,
      diskLifeTenths: 2,
    },
    configuration: { version: 4, refused: null },
    conditions: [{ code: 'stock_low', forMs: 7_200_000 }],
    verdicts: { authorised: 310, approvedOffline: 41, declined: 2, refused: 6, pending: 0 },
    reasons: { out_of_stock: 5, above_floor_limit: 1 },
    requestErrors: 1,
    latency: { http: [4, 90, 240, 22, 3], commit: [0, 120, 190, 5], receipt: [0, 0, 12, 180, 90, 6] },
    store: { queueMax: 4, batchMax: 3, commitMsMax: 9 },
    kiosks: { paired: 4, seen: 4 },
    synthetic: {
      ...{
        id: '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e0f',
        by: 'schedule',
        atMs: heardMs - 400_000,
        kind: 'passed',
      },
      ...{ failure: null, problem: null, verdict: 'approved_offline', reasons: [] },
      hops: { durableMs: 6, sentMs: 11, receivedMs: 58, bookedMs: 64, appliedMs: 97 },
    },
  },
  reportHeardMs: heardMs,
};
