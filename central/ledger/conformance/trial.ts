// A store on trial: opened afresh for each test, with one appliance's journal and what the tests say to it most.
import type { Product } from '../../../contract/feed.ts';
import { bytesOf, checkoutEntry } from '../../fixtures/entries.ts';
import { createTestJournal, type TestJournal, testKeys } from '../../fixtures/journal.ts';
import type { HelloFacts, HelloResult, LedgerPort, ReceiveResult } from '../port.ts';

export interface OpenedStore {
  port: LedgerPort;
  close(): Promise<void>;
}

export interface StoreUnderTest {
  /** A fresh, empty database. */
  prepare(): Promise<void>;
  /** Opens it; again after a close, as after a restart. */
  open(): Promise<OpenedStore>;
  remove(): Promise<void>;
}

export const { privateKey, publicKeyDer } = testKeys();
export const nowMs = 1_795_000_000_000;

/** The store as the tests speak to it. */
export interface OnTrial {
  readonly port: LedgerPort;
  /** Of appliance `box-1`. */
  readonly journal: TestJournal;
  restart(): Promise<void>;
  hello(change?: Partial<HelloFacts>): Promise<HelloResult>;
  receive(firstSeq: number, lastSeq: number): Promise<ReceiveResult>;
  receivePayload(payload: Uint8Array, applianceId?: string): Promise<ReceiveResult>;
  /** Appends so many sales of 100 to the journal. */
  sell(count: number): void;
  bookAll(): Promise<void>;
  /** What became of each entry of the journal: its reason, or its state. */
  states(): Promise<string[] | 'ambiguous' | null>;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into items of every kind.
  feedOf(applianceId: string): Promise<any[]>;
}

export function createTrial(under: StoreUnderTest): {
  on: OnTrial;
  begin(): Promise<void>;
  end(): Promise<void>;
} {
  const state: { opened: OpenedStore | null; journal: TestJournal } = {
    opened: null,
    journal: createTestJournal('box-1', privateKey),
  };
  const opened = () => {
    if (!state.opened) throw new Error('the store is open during a test only');
    return state.opened;
  };

  const on: OnTrial = {
    get port() {
      return opened().port;
    },
    get journal() {
      return state.journal;
    },
    async restart() {
      await opened().close();
      state.opened = await under.open();
    },
    hello: (change = {}) =>
      on.port.hello({
        applianceId: 'box-1',
        publicKey: publicKeyDer,
        journalId: on.journal.journalId,
        lastSeq: on.journal.lastSeq(),
        lastHash: on.journal.hashAt(on.journal.lastSeq()),
        feedId: null,
        appliedThrough: 0,
        release: 'test',
        nowMs,
        ...change,
      }),
    receive: async (firstSeq, lastSeq) => on.receivePayload(await on.journal.payload(firstSeq, lastSeq)),
    receivePayload: (payload, applianceId = 'box-1') => on.port.receive({ applianceId, payload, nowMs }),
    sell(count) {
      for (let i = 0; i < count; i++) on.journal.append(bytesOf(checkoutEntry({ totalMinor: 100 })));
    },
    async bookAll() {
      while ((await on.port.bookPiece(3, nowMs)).more);
    },
    async states() {
      const { journalId } = on.journal;
      const items = await on.port.entries({ journalId, applianceId: null, after: 0, limit: 1000 });
      return Array.isArray(items) ? items.map(({ state: taken, reason }) => reason ?? taken) : items;
    },
    async feedOf(applianceId) {
      const page = await on.port.feedPage({ applianceId, after: 0, itemsMax: 1000, bytesMax: 1e6 });
      return (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
    },
  };
  return {
    on,
    async begin() {
      await under.prepare();
      state.opened = await under.open();
      state.journal = createTestJournal('box-1', privateKey);
    },
    async end() {
      await opened().close();
      state.opened = null;
      await under.remove();
    },
  };
}

/** So many products, S0 to S…, at 100 each. */
export function products(count: number): Product[] {
  return Array.from({ length: count }, (_, i) => ({
    sku: `S${i}`,
    name: `Product ${i}`,
    price: { priceMinor: 100, baseQuantity: 1 },
    sellable: true,
  }));
}
