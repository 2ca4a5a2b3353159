// npm run bench:settle — what settling costs: a backlog of entries received in bulk, booked, and charged at a sandbox that
// answers in 50 ms, with the store thread, the loop and the SDK that central runs. Reconciling and acknowledging
// webhooks (bench/reconcile.ts, bench/webhooks.ts) are part of it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { type ChargingLoop, createChargingLoop } from '../central/charging/loop.ts';
import { defaultPolicy } from '../central/feed/default-policy.ts';
import { bytesOf, checkoutEntry } from '../central/fixtures/entries.ts';
import { createTestJournal, testKeys } from '../central/fixtures/journal.ts';
import { startThreadStore } from '../central/ledger/sqlite/thread-store.ts';
import { createStripeProcessor } from '../central/processors/stripe.ts';
import { limits } from '../contract/limits.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { startSandbox } from '../trial/sandbox.ts';
import { median, report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    entries: { type: 'string', default: '40000' },
    'latency-ms': { type: 'string', default: '50' },
    concurrency: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '3' },
  },
});
const entries = Number(values.entries);
const latencyMs = Number(values['latency-ms']);
const concurrencyMax = Number(values.concurrency);
/** Nothing has moved for so long: something is wrong. */
const stillMsMax = 20_000;
const lookMs = 100;

interface Round {
  receivedPerSecond: number;
  /** Sales posted, from the first entry received, while charges are made. */
  bookedPerSecond: number;
  /** Captures posted as well. */
  capturedPerSecond: number;
  callMs: { p50: number; p99: number } | null;
}

const results: Round[] = [];
for (let turn = 0; turn < Number(values.rounds); turn++) {
  results.push(await oneRound());
  say(JSON.stringify(results.at(-1)));
}
const of = (pick: (result: Round) => number) => Math.round(median(results.map(pick)));
const bookedPerSecond = of((result) => result.bookedPerSecond);
const capturedPerSecond = of((result) => result.capturedPerSecond);
say(`booked ${bookedPerSecond}/s, captured ${capturedPerSecond}/s`);
const figures = {
  bookedPerSecond,
  ...(await lastLineOf('reconcile.ts')),
  ...(await lastLineOf('webhooks.ts')),
};
await report('settle', figures, { capturedPerSecond, entries, latencyMs, concurrencyMax, results });

/** The figures of a bench that is part of this one, run as it is run alone. */
async function lastLineOf(bench: string): Promise<Record<string, number>> {
  say(`bench/${bench}`);
  const child = spawn(process.execPath, ['--v8-pool-size=1', join(import.meta.dirname, bench), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`bench/${bench} ended with code ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString().trimEnd().split('\n').at(-1) ?? '{}');
}

async function oneRound(): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const sandbox = await startSandbox({ name: 'sandbox', folder, latencyMs });
  const clock = systemClock();
  const port = createStripeProcessor({
    secretKey: 'sk_test_bench',
    webhookSecrets: [],
    baseUrl: new URL(sandbox.url),
    callMsMax: 20_000,
    clock,
  });
  const wiring: { loop: ChargingLoop | null } = { loop: null };
  const path = join(folder, 'central.db');
  const events = {
    onStepsDue: () => wiring.loop?.wake(),
    onGrown() {},
    onChangedOutside() {},
    onDiskTrouble: (error: string) => say(`disk trouble: ${error}`),
    onFailed(error: Error) {
      throw error;
    },
  };
  const store = await startThreadStore(path, events, {
    processors: { stripe: { keyLifeMs: port.keyLifeMs, tokenPrefixes: [''] } },
    rules: [{ when: {}, processors: ['stripe'], otherOn: [] }],
  });
  const loop = createChargingLoop({
    store: store.port,
    processors: new Map([['stripe', { port, concurrencyMax }]]),
    clock,
    random: Math.random,
    log: silentLog,
    stopMsMax: 5000,
  });
  wiring.loop = loop;
  try {
    await store.port.ensurePolicy(defaultPolicy);
    const { privateKey, publicKeyDer } = testKeys();
    const journal = createTestJournal('box-1', privateKey);
    journal.append(...Array.from({ length: entries }, () => bytesOf(saleOf(randomUUID()))));
    const { journalId } = journal;
    const standing = {
      lastSeq: 0,
      lastHash: journal.hashAt(0),
      feedId: null,
      appliedThrough: 0,
      release: 'bench',
    };
    await store.port.hello({
      applianceId: 'box-1',
      publicKey: publicKeyDer,
      journalId,
      nowMs: clock.wallMs(),
      ...standing,
    });
    const frames: Uint8Array[] = [];
    for (let first = 1; first <= entries; first += limits.frameItemsMax) {
      const last = Math.min(entries, first + limits.frameItemsMax - 1);
      frames.push(new Uint8Array(await journal.payload(first, last)));
    }

    const startMs = performance.now();
    const perSecond = () => round((entries * 1000) / (performance.now() - startMs), 0);
    for (const payload of frames)
      await store.port.receive({ applianceId: 'box-1', payload, nowMs: clock.wallMs() });
    const receivedPerSecond = perSecond();
    const look = new Database(path, { readonly: true });
    const booked = look.prepare('SELECT booked_through FROM journal').pluck();
    await reached(() => Number(booked.get()));
    const bookedPerSecond = perSecond();
    look.close();
    await reached(() => loop.view()[0]?.counts.approved ?? 0);
    const capturedPerSecond = perSecond();
    return { receivedPerSecond, bookedPerSecond, capturedPerSecond, callMs: loop.view()[0]?.callMs ?? null };
  } finally {
    await loop.stop();
    await store.close();
    await sandbox.program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function saleOf(id: string) {
  const entry = checkoutEntry({ id, totalMinor: 370 });
  const payment = { ...entry.checkout.payment, token: 'pm_card_visa' };
  return { ...entry, checkout: { ...entry.checkout, payment } };
}

async function reached(count: () => number): Promise<void> {
  let before = -1;
  let movedMs = performance.now();
  for (;;) {
    const now = count();
    if (now >= entries) return;
    if (now !== before) movedMs = performance.now();
    if (performance.now() - movedMs > stillMsMax) throw new Error(`nothing moves: ${now} of ${entries}`);
    before = now;
    await sleep(lookMs);
  }
}
