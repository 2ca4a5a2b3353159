// npm run bench:import — what the largest catalogue costs those who wait for a receipt: a running store beside a thousand
// appliances takes one entry after the other, with nothing else going on and while `catalogue import` writes 250,000
// products as another process, first all new, then every price changed.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { defaultPolicy } from '../central/feed/default-policy.ts';
import { byTester } from '../central/fixtures/by.ts';
import { bytesOf, checkoutEntry } from '../central/fixtures/entries.ts';
import { createTestJournal, testKeys } from '../central/fixtures/journal.ts';
import { centralMain } from '../central/fixtures/program.ts';
import { startThreadStore } from '../central/ledger/sqlite/thread-store.ts';
import { limits } from '../contract/limits.ts';
import { report, round, say } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    products: { type: 'string', default: String(limits.catalogueProductsMax) },
    appliances: { type: 'string', default: '1000' },
  },
});
const products = Number(values.products);
const appliances = Number(values.appliances);
const idleMs = 3000;
const betweenReceiptsMs = 20;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const config = join(folder, 'central.toml');
writeFileSync(
  config,
  'dataFolder = "."\nidentityFolder = "none"\n[http]\nport = 0\n[broker]\nmode = "embedded"\nhost = "127.0.0.1"\nport = 0\n',
);
const store = await startThreadStore(join(folder, 'central.db'), {
  onGrown() {},
  onChangedOutside() {},
  onDiskTrouble: (error) => say(`disk trouble: ${error}`),
  onFailed(error) {
    throw error;
  },
});
const nowMs = Date.now();
const { privateKey, publicKeyDer } = testKeys();
const journal = createTestJournal('box-1', privateKey);

try {
  await store.port.ensurePolicy(defaultPolicy);
  for (let i = 0; i < appliances; i++) {
    await store.port.registerAppliance({ id: `fleet-${i}`, site: null }, byTester(nowMs));
  }
  const { journalId } = journal;
  const facts = {
    lastSeq: 0,
    lastHash: journal.hashAt(0),
    feedId: null,
    appliedThrough: 0,
    release: 'bench',
  };
  await store.port.hello({ applianceId: 'box-1', publicKey: publicKeyDer, journalId, nowMs, ...facts });

  const idle = await waits(sleep(idleMs));
  say(`nothing else: ${describe(idle)}`);
  const fresh = await waits(importCatalogue(0));
  say(`${products} new products: ${describe(fresh)}`);
  const dearer = await waits(importCatalogue(7));
  say(`every price changed: ${describe(dearer)}`);
  await report(
    'import',
    {
      receiptMsMax: round(Math.max(fresh.msMax, dearer.msMax)),
      receiptMsMaxIdle: round(idle.msMax),
      importSeconds: round(fresh.seconds),
    },
    { idle, fresh, dearer, products, appliances },
  );
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}

interface Waits {
  receipts: number;
  msMax: number;
  msP99: number;
  seconds: number;
}

/** How long each receipt takes until the work is done. */
async function waits(work: Promise<unknown>): Promise<Waits> {
  const startMs = performance.now();
  const state = { over: false };
  const over = work.finally(() => {
    state.over = true;
  });
  const took: number[] = [];
  while (!state.over) {
    journal.append(bytesOf(checkoutEntry()));
    const seq = journal.lastSeq();
    const payload = new Uint8Array(await journal.payload(seq, seq));
    const askedMs = performance.now();
    await store.port.receive({ applianceId: 'box-1', payload, nowMs });
    took.push(performance.now() - askedMs);
    await sleep(betweenReceiptsMs);
  }
  await over;
  took.sort((a, b) => a - b);
  return {
    receipts: took.length,
    msMax: round(took.at(-1) ?? 0),
    msP99: round(took[Math.floor(took.length * 0.99)] ?? 0),
    seconds: round((performance.now() - startMs) / 1000),
  };
}

function importCatalogue(dearerBy: number): Promise<void> {
  const rows = Array.from(
    { length: products },
    (_, i) =>
      `SKU-${String(i).padStart(7, '0')},"Product number ${i}, 500 g",${100 + ((i + dearerBy) % 900)}`,
  );
  const csv = join(folder, 'products.csv');
  writeFileSync(csv, `sku,name,priceMinor\n${rows.join('\n')}\n`);
  return new Promise((resolve, reject) => {
    const args = [centralMain, 'catalogue', 'import', csv, '--config', config];
    spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }).once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the import ended with code ${code}`)),
    );
  });
}

function describe({ receipts, msMax, msP99, seconds }: Waits): string {
  return `${receipts} receipts in ${seconds} s, the slowest ${msMax} ms, p99 ${msP99} ms`;
}
