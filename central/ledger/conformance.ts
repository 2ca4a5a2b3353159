// What every store behind the port must do, as one suite: run against each implementation.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedItem, type Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import type { Policy } from '../../contract/policy.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import {
  bytesOf,
  checkoutEntry,
  decisionEntry,
  fulfilmentEntry,
  pendingEntry,
  refundEntry,
  unlinkedRefundEntry,
  voidEntry,
} from '../fixtures/entries.ts';
import { createTestJournal, type TestJournal, testKeys } from '../fixtures/journal.ts';
import type { HelloFacts, HelloResult, LedgerPort, ReceiveResult } from './port.ts';
import { draftsMax } from './published.ts';

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

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;

export function describeLedgerStore(name: string, under: StoreUnderTest): void {
  describe(`the ledger store on ${name}`, () => {
    let opened: OpenedStore;
    let journal: TestJournal;

    beforeEach(async () => {
      await under.prepare();
      opened = await under.open();
      journal = createTestJournal('box-1', privateKey);
    });
    afterEach(async () => {
      await opened.close();
      await under.remove();
    });

    const restart = async () => {
      await opened.close();
      opened = await under.open();
    };
    const hello = (change: Partial<HelloFacts> = {}): Promise<HelloResult> =>
      opened.port.hello({
        applianceId: 'box-1',
        publicKey: publicKeyDer,
        journalId: journal.journalId,
        lastSeq: journal.lastSeq(),
        lastHash: journal.hashAt(journal.lastSeq()),
        feedId: null,
        appliedThrough: 0,
        release: 'test',
        nowMs,
        ...change,
      });
    const receive = async (firstSeq: number, lastSeq: number): Promise<ReceiveResult> =>
      receivePayload(await journal.payload(firstSeq, lastSeq));
    const receivePayload = (payload: Uint8Array, applianceId = 'box-1'): Promise<ReceiveResult> =>
      opened.port.receive({ applianceId, payload, nowMs });
    const sell = (count: number) => {
      for (let i = 0; i < count; i++) journal.append(bytesOf(checkoutEntry({ totalMinor: 100 })));
    };
    const bookAll = async () => {
      while ((await opened.port.bookPiece(3, nowMs)).more);
    };
    const states = async () => {
      const { journalId } = journal;
      const items = await opened.port.entries({ journalId, applianceId: null, after: 0, limit: 1000 });
      return Array.isArray(items) ? items.map(({ state, reason }) => reason ?? state) : items;
    };
    const feedOf = async (applianceId: string) => {
      const page = await opened.port.feedPage({ applianceId, after: 0, itemsMax: 1000, bytesMax: 1e6 });
      return (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
    };

    describe('receiving', () => {
      it('knows nothing of a journal before its first entry', async () => {
        sell(2);
        const welcome = await hello();
        expect(welcome).toMatchObject({
          kind: 'welcome',
          position: { receivedThrough: 0, hash: '0'.repeat(64) },
        });
      });

      it('stores a run, and says the same position after a restart', async () => {
        sell(5);
        await hello();
        const position = { journalId: journal.journalId, receivedThrough: 5, hash: journal.hashAt(5) };
        expect(await receive(1, 5)).toEqual({ kind: 'received', position, entries: 5, asks: false });
        await restart();
        expect(await hello()).toMatchObject({ kind: 'welcome', position });
      });

      it('goes on with the next frame after a restart in the middle of a batch', async () => {
        sell(9);
        await hello();
        await receive(1, 3);
        await restart();
        expect(await receive(4, 6)).toMatchObject({ kind: 'received', position: { receivedThrough: 6 } });
        await restart();
        expect(await receive(7, 9)).toMatchObject({ kind: 'received', position: { receivedThrough: 9 } });
        await bookAll();
        expect(await states()).toEqual(Array(9).fill('booked'));
      });

      it('answers the same position again when a frame is repeated, and stores nothing twice', async () => {
        sell(6);
        await hello();
        await receive(1, 6);
        expect(await receive(1, 6)).toMatchObject({ kind: 'repeated', position: { receivedThrough: 6 } });
        expect(await receive(2, 4)).toMatchObject({ kind: 'repeated', position: { receivedThrough: 6 } });
        await bookAll();
        expect(await states()).toHaveLength(6);
      });

      it('stores only what is new of a frame that overlaps', async () => {
        sell(8);
        await hello();
        await receive(1, 5);
        expect(await receive(3, 8)).toMatchObject({ kind: 'received', entries: 3 });
        await bookAll();
        expect(await states()).toEqual(Array(8).fill('booked'));
      });

      it('stores nothing after a gap', async () => {
        sell(8);
        await hello();
        await receive(1, 2);
        expect(await receive(5, 8)).toMatchObject({ kind: 'gap', position: { receivedThrough: 2 } });
        await bookAll();
        expect(await states()).toHaveLength(2);
      });

      it('ignores a frame with a wrong signature, a broken chain or a stranger as its sender', async () => {
        sell(3);
        const strange = createTestJournal('box-1', testKeys().privateKey);
        strange.append(...journal.bodies);
        const payload = await journal.payload(1, 3);
        expect(await receivePayload(payload)).toEqual({ kind: 'ignored', reason: 'appliance_unknown' });
        await hello();
        const ignored = (reason: string) => ({ kind: 'ignored', reason });
        expect(await receivePayload(await strange.payload(1, 3))).toEqual(ignored('signature_wrong'));
        const broken = await journal.payload(1, 3, { lastHash: '1'.repeat(64) });
        expect(await receivePayload(broken)).toEqual(ignored('chain_broken'));
        const short = await journal.payload(1, 3, { count: 2 });
        expect(await receivePayload(short)).toEqual(ignored('frame_malformed'));
        expect(await receivePayload(payload.subarray(0, 40))).toEqual(ignored('frame_malformed'));
        expect(await receivePayload(Buffer.from('garbage'))).toEqual(ignored('frame_malformed'));
        // What was spoilt on the way harms nothing: the genuine frame is taken.
        expect(await receivePayload(payload)).toMatchObject({ kind: 'received' });
      });

      it('ignores a frame that another appliance signed', async () => {
        sell(1);
        await hello();
        await hello({ applianceId: 'box-2' });
        const payload = await journal.payload(1, 1);
        expect(await receivePayload(payload, 'box-2')).toEqual({
          kind: 'ignored',
          reason: 'signature_wrong',
        });
      });

      it('puts a journal with another history under a condition, and goes on with every other', async () => {
        sell(4);
        await hello();
        await receive(1, 4);
        const other = createTestJournal('box-1', privateKey, journal.journalId);
        other.append(...Array.from({ length: 6 }, () => bytesOf(checkoutEntry())));
        const diverged = { kind: 'diverged', position: { receivedThrough: 4 } };
        expect(await receivePayload(await other.payload(5, 6))).toMatchObject(diverged);
        expect(await receivePayload(await other.payload(1, 6))).toMatchObject(diverged);
        expect(await receivePayload(await other.payload(1, 2))).toMatchObject(diverged);
        expect(await hello({ lastSeq: 3, lastHash: journal.hashAt(3) })).toMatchObject(diverged);
        expect(await hello({ lastHash: other.hashAt(4) })).toMatchObject(diverged);
        const view = await opened.port.appliance('box-1');
        expect(view?.journals[0]?.conditions).toEqual([{ code: 'history_diverged', sinceMs: nowMs }]);
        expect(await hello({ applianceId: 'box-2' })).toMatchObject({ kind: 'welcome' });
        const empty = { lastSeq: 0, lastHash: '0'.repeat(64) };
        expect(await hello({ journalId: randomUUID(), ...empty })).toMatchObject({ kind: 'welcome' });
      });

      it('ends the condition when the journal agrees again', async () => {
        sell(4);
        await hello();
        await receive(1, 3);
        await hello({ lastSeq: 1 });
        await receive(4, 4);
        expect((await opened.port.appliance('box-1'))?.journals[0]?.conditions).toEqual([]);
      });
    });

    describe('booking', () => {
      it('books each entry once, in order, whatever the size of the pieces', async () => {
        sell(7);
        await hello();
        await receive(1, 7);
        expect(await opened.port.bookPiece(3, nowMs)).toEqual({ entries: 3, more: true });
        await restart();
        await bookAll();
        expect(await opened.port.bookPiece(3, nowMs)).toEqual({ entries: 0, more: false });
        expect(await opened.port.accounts()).toEqual([
          { name: 'payable:payee', currency: 'GBP', balanceMinor: -700n },
          { name: 'receivable:processor', currency: 'GBP', balanceMinor: 700n },
        ]);
      });

      it('parks what cannot be booked with its reason, and the rest goes on', async () => {
        const sale = checkoutEntry({ totalMinor: 1000 });
        const repeated = checkoutEntry({ id: sale.id, totalMinor: 9 });
        const orphan = voidEntry(randomUUID());
        const last = checkoutEntry({ totalMinor: 50 });
        journal.append(bytesOf(sale), Buffer.from('\u0000 not json'), Buffer.from('{"kind":"novel"}'));
        journal.append(bytesOf(repeated), bytesOf(orphan), bytesOf(last));
        await hello();
        await receive(1, 6);
        await bookAll();
        expect(await states()).toEqual([
          'booked',
          'entry_unreadable',
          'entry_unreadable',
          'document_repeated',
          'checkout_unknown',
          'booked',
        ]);
        const { items } = await opened.port.parked({ limit: 10, journalRefAfter: 0, seqAfter: 0 });
        expect(items.map(({ seq, documentId }) => [seq, documentId])).toEqual([
          [2, null],
          [3, null],
          [4, sale.id],
          [5, orphan.id],
        ]);
        const outcomes = (await feedOf('box-1')).map(({ id, outcome }) => [id, outcome]);
        expect(outcomes).toEqual([
          [sale.id, 'booked'],
          [orphan.id, 'parked'],
          [last.id, 'booked'],
        ]);
      });

      it('follows a checkout through its refunds, and another to its void', async () => {
        const [first, second] = [checkoutEntry({ totalMinor: 1000 }), checkoutEntry({ totalMinor: 300 })];
        const undo = voidEntry(second.id);
        journal.append(...[first, second, refundEntry(first.id, 600), undo].map(bytesOf));
        journal.append(...[refundEntry(first.id, 401), refundEntry(first.id, 400)].map(bytesOf));
        journal.append(...[unlinkedRefundEntry(70), checkoutEntry({ verdict: 'refused' })].map(bytesOf));
        await hello();
        await receive(1, 8);
        await bookAll();
        const reasons = await states();
        expect(reasons).toEqual([
          ...Array(4).fill('booked'),
          'refund_above_remaining',
          'booked',
          'booked',
          'recorded',
        ]);
        const [view] = await opened.port.document(first.id);
        expect(view).toMatchObject({ refundedMinor: 1000, voidedBy: null, totalMinor: 1000 });
        expect(view?.movements.map(({ reason }) => reason)).toEqual(['sale', 'refund', 'refund']);
        const [voided] = await opened.port.document(second.id);
        expect(voided).toMatchObject({ voidedBy: undo.id, refundedMinor: 0 });
        expect(voided?.movements.map(({ reason }) => reason)).toEqual(['sale', 'void']);
        const balances = (await opened.port.accounts()).map(({ balanceMinor }) => balanceMinor);
        expect(balances).toEqual([70n, -70n]);
      });

      it('shows how far the goods of a checkout are, and books what a step gives back', async () => {
        const sale = checkoutEntry({ totalMinor: 1000, goods: 'reserved' });
        const lines = [{ line: 0, quantity: 1 }];
        const back = refundEntry(sale.id, 250);
        const short = fulfilmentEntry(
          sale.id,
          { step: 'short_picked', lines },
          { refund: { id: back.id, currency: 'GBP', totalMinor: 250 } },
        );
        const handedOver = fulfilmentEntry(sale.id, { step: 'handed_over' });
        journal.append(...[sale, short, { ...back, fulfilmentId: short.id }, handedOver].map(bytesOf));
        journal.append(
          bytesOf(fulfilmentEntry(sale.id, { step: 'abandoned', reason: 'x' }, { verdict: 'refused' })),
        );
        journal.append(bytesOf({ ...handedOver, checkoutId: voidEntry(sale.id).id }));
        await hello();
        await receive(1, 6);
        await bookAll();
        expect(await states()).toEqual([
          'booked',
          'recorded',
          'booked',
          'recorded',
          'recorded',
          'document_repeated',
        ]);
        const [view] = await opened.port.document(sale.id);
        expect(view).toMatchObject({ refundedMinor: 250, fulfilment: 'handed_over' });
        expect(view?.movements.map(({ reason }) => reason)).toEqual(['sale', 'refund']);
        const [step] = await opened.port.document(short.id);
        expect(step).toMatchObject({
          kind: 'fulfilment',
          fulfilment: 'short_picked',
          checkoutId: sale.id,
          totalMinor: 0,
          movements: [],
        });
        // A step has no outcome: the appliance is told of the sale and of the money that went back.
        const told = (await feedOf('box-1')).map(({ id, outcome }) => [id, outcome]);
        expect(told).toEqual([
          [sale.id, 'booked'],
          [back.id, 'booked'],
        ]);
      });

      it('does not let one appliance touch a checkout of another', async () => {
        const sale = checkoutEntry();
        journal.append(bytesOf(sale));
        await hello();
        await receive(1, 1);
        const other = createTestJournal('box-2', privateKey);
        other.append(bytesOf(voidEntry(sale.id)), bytesOf(checkoutEntry({ id: sale.id })));
        await hello({ applianceId: 'box-2', journalId: other.journalId });
        await receivePayload(await other.payload(1, 2), 'box-2');
        await bookAll();
        const documents = await opened.port.document(sale.id);
        expect(documents.map(({ applianceId, voidedBy }) => [applianceId, voidedBy])).toEqual([
          ['box-1', null],
          ['box-2', null],
        ]);
        const { items } = await opened.port.parked({ limit: 10, journalRefAfter: 0, seqAfter: 0 });
        expect(items).toMatchObject([{ applianceId: 'box-2', reason: 'checkout_unknown' }]);
      });
    });

    describe('authorising', () => {
      const outcomesOf = async (id: string) =>
        (await feedOf('box-1')).filter((item) => item.id === id).map(({ outcome }) => outcome);
      const movementsOf = async (id: string) =>
        (await opened.port.document(id)).flatMap(({ movements }) =>
          movements.map(({ reason, seq }) => `${reason} ${seq}`),
        );
      const take = async (...entries: Parameters<typeof bytesOf>[0][]) => {
        const first = journal.lastSeq() + 1;
        journal.append(...entries.map(bytesOf));
        await hello();
        const taken = await receive(first, journal.lastSeq());
        await bookAll();
        return taken;
      };
      const due = async (afterMs: number) => {
        const { answered } = await opened.port.answerDue(10, nowMs + afterMs);
        return answered;
      };
      const receivable = async () =>
        (await opened.port.accounts()).find(({ name }) => name.startsWith('receivable'))?.balanceMinor ?? 0n;

      it('authorises, declines with the code, or cannot say; and says that it was asked', async () => {
        const [yes, no, perhaps] = [
          pendingEntry('tok_1'),
          pendingEntry('tok_decline_no_funds'),
          pendingEntry('tok_unknown'),
        ];
        expect(await take(yes, no, perhaps)).toMatchObject({ kind: 'received', asks: true });
        expect((await feedOf('box-1')).map(({ outcome, declineCode }) => [outcome, declineCode])).toEqual([
          ['authorised', undefined],
          ['declined', 'no_funds'],
          ['unknown', undefined],
        ]);
        await take(decisionEntry(yes.id, 'authorised'), decisionEntry(no.id, 'declined'));
        expect(await movementsOf(yes.id)).toEqual(['sale 1']);
        expect(await movementsOf(no.id)).toEqual([]);
        expect(await receivable()).toBe(1000n);
        expect(await states()).toEqual(['booked', 'recorded', 'recorded', 'recorded', 'recorded']);
      });

      it('keeps what is due over a restart, and answers it once', async () => {
        const slow = pendingEntry('tok_slow_5000');
        await take(slow);
        await restart();
        expect(await due(4999)).toBe(0);
        expect(await outcomesOf(slow.id)).toEqual([]);
        expect(await due(5000)).toBe(1);
        await restart();
        expect(await due(9000)).toBe(0);
        expect(await outcomesOf(slow.id)).toEqual(['authorised']);
        expect(await receivable()).toBe(1000n);
      });

      it('books what was approved offline meanwhile once, and has a declined one looked at', async () => {
        const [slow, no] = [pendingEntry('tok_slow_5000'), pendingEntry('tok_decline_x')];
        await take(
          slow,
          no,
          decisionEntry(slow.id, 'approved_offline'),
          decisionEntry(no.id, 'approved_offline'),
        );
        await due(5000);
        expect(await outcomesOf(slow.id)).toEqual(['booked', 'authorised']);
        expect(await outcomesOf(no.id)).toEqual(['declined', 'in_review']);
        expect(await receivable()).toBe(2000n);
      });

      it('takes back what was authorised for a refused checkout, in whichever order they come', async () => {
        const [quick, slow] = [pendingEntry('tok_1'), pendingEntry('tok_slow_5000')];
        await take(quick, slow, decisionEntry(quick.id, 'refused'), decisionEntry(slow.id, 'refused'));
        expect(await outcomesOf(quick.id)).toEqual(['authorised', 'reversed']);
        expect(await movementsOf(quick.id)).toEqual(['sale 1', 'void 3']);
        expect(await receivable()).toBe(0n);
        await due(5000);
        expect(await outcomesOf(slow.id)).toEqual(['reversed']);
        expect(await movementsOf(slow.id)).toEqual(['sale 2', 'void 4']);
        expect(await receivable()).toBe(0n);
      });

      it('parks a second decision, and one on what was never asked', async () => {
        const [asked, sold] = [pendingEntry('tok_1'), checkoutEntry()];
        await take(asked, sold, decisionEntry(asked.id, 'authorised'), decisionEntry(asked.id, 'refused'));
        await take(decisionEntry(sold.id, 'refused'), decisionEntry(randomUUID(), 'refused'));
        expect((await states())?.slice(2)).toEqual([
          'recorded',
          'already_decided',
          'already_decided',
          'checkout_unknown',
        ]);
      });

      it('lets a checkout be voided and refunded once it is decided, and not before', async () => {
        const [first, second] = [pendingEntry('tok_1'), pendingEntry('tok_1')];
        await take(first, second, voidEntry(first.id), decisionEntry(second.id, 'authorised'));
        await take(refundEntry(second.id, 400));
        expect(await states()).toEqual(['booked', 'booked', 'checkout_not_approved', 'recorded', 'booked']);
      });
    });

    describe('the feed', () => {
      const policy: Policy = { ...defaultPolicy, priceOverride: { permission: 'allowed' } };
      const products = (count: number): Product[] =>
        Array.from({ length: count }, (_, i) => ({
          sku: `S${i}`,
          name: `Product ${i}`,
          price: { priceMinor: 100, baseQuantity: 1 },
          sellable: true,
        }));

      it('greets a newcomer with the current policy and catalogue, in pieces', async () => {
        await opened.port.ensurePolicy(defaultPolicy);
        await opened.port.ensurePolicy(policy);
        await opened.port.publishPolicy(policy);
        await opened.port.publishCatalogue(products(10), nowMs);
        await opened.port.publishCatalogue(products(501), nowMs);
        await opened.port.registerAppliance({ id: 'box-1', site: 'Leeds', nowMs });
        const items = await feedOf('box-1');
        expect(items.map(({ kind, version, piece, pieces }) => [kind, version, piece, pieces])).toEqual([
          ['policy', 2, undefined, undefined],
          ['catalogue', 2, 1, 3],
          ['catalogue', 2, 2, 3],
          ['catalogue', 2, 3, 3],
        ]);
        expect(items[0].policy).toEqual(policy);
        expect(items[3].products).toHaveLength(1);
      });

      describe('of catalogues', () => {
        const kinds = async (applianceId: string) =>
          (await feedOf(applianceId)).flatMap(({ kind, version, base }) =>
            kind === 'policy'
              ? []
              : [base === undefined ? `${kind} ${version}` : `${kind} ${base}-${version}`],
          );
        const publish = (some: Product[]) => opened.port.publishCatalogue(some, nowMs);
        const dearer = (some: Product[], sku: string) =>
          some.map((one) =>
            one.sku === sku ? { ...one, price: { priceMinor: 999, baseQuantity: 1 as const } } : one,
          );

        it('carries what differs, and whole what differs too much', async () => {
          await hello();
          expect(await publish(products(20))).toEqual({
            version: 1,
            products: 20,
            added: 20,
            changed: 0,
            removed: 0,
            sent: 'snapshot',
            pieces: 1,
          });
          const next = dearer(products(21).slice(1), 'S7');
          const published = await publish(next);
          expect(published).toMatchObject({ version: 2, added: 1, changed: 1, removed: 1, sent: 'delta' });
          await publish(products(40).slice(20));
          expect(await kinds('box-1')).toEqual(['catalogue 1', 'catalogue_delta 1-2', 'catalogue 3']);
          const [, delta] = await feedOf('box-1');
          expect(FeedItem.parse(delta)).toEqual({
            kind: 'catalogue_delta',
            base: 1,
            version: 2,
            piece: 1,
            pieces: 1,
            products: [products(21)[20], next.find(({ sku }) => sku === 'S7')],
            removed: ['S0'],
          });
          expect(await opened.port.catalogue()).toEqual({ version: 3, products: 20, publishedMs: nowMs });
        });

        it('says again what has not changed, in a delta of nothing', async () => {
          await hello();
          await publish(products(3));
          expect(await publish(products(3))).toMatchObject({ version: 2, sent: 'delta', pieces: 1 });
          const [, delta] = await feedOf('box-1');
          expect(delta).toMatchObject({ base: 1, version: 2, products: [], removed: [] });
        });

        it('greets a newcomer with the newest snapshot and what follows it, never with both of a version', async () => {
          await hello();
          let now = products(20);
          for (const sku of ['S1', 'S2', 'S3']) {
            await publish(now);
            now = dearer(now, sku);
          }
          await publish(now);
          await hello({ applianceId: 'box-2' });
          const chain = ['catalogue 1', 'catalogue_delta 1-2', 'catalogue_delta 2-3', 'catalogue_delta 3-4'];
          expect(await kinds('box-1')).toEqual(chain);
          expect(await kinds('box-2')).toEqual(chain);
          // By now the deltas would be half of it: a snapshot for newcomers, still a delta for the others.
          for (const sku of ['S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S11']) {
            now = dearer(now, sku);
            await publish(now);
          }
          await hello({ applianceId: 'box-3' });
          expect((await kinds('box-1')).slice(1).every((kind) => kind.startsWith('catalogue_delta'))).toBe(
            true,
          );
          const [first = '', ...rest] = await kinds('box-3');
          expect(first).toMatch(/^catalogue (?!1$)\d+$/);
          const snapshot = Number(first.split(' ')[1]);
          expect(rest).toEqual(
            Array.from(
              { length: 12 - snapshot },
              (_, i) => `catalogue_delta ${snapshot + i}-${snapshot + i + 1}`,
            ),
          );
          expect(rebuilt(await feedOf('box-3'))).toEqual(rebuilt(await feedOf('box-1')));
          expect(rebuilt(await feedOf('box-3'))).toEqual(new Map(now.map((one) => [one.sku, one])));
        });

        it('travels in pieces bounded by bytes as well', async () => {
          await hello();
          const offers = Array.from({ length: limits.productOffersMax }, (_, i) => ({
            price: { priceMinor: 1_000_000 + i, baseQuantity: 1000 as const },
            quantityMin: i + 1,
            fromMs: nowMs,
            untilMs: nowMs + 1,
          }));
          await publish(
            products(250).map((one) => ({ ...one, name: 'ü'.repeat(limits.nameCharsMax), offers })),
          );
          const page = await opened.port.feedPage({
            applianceId: 'box-1',
            after: 0,
            itemsMax: 99,
            bytesMax: 1e9,
          });
          const sizes = page?.items.map((item) => item.length) ?? [];
          expect(sizes.length).toBeGreaterThan(2);
          expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.feedItemBytesMax);
          expect(rebuilt(await feedOf('box-1')).size).toBe(250);
        });

        it('waits as a draft until it is published, over a restart', async () => {
          await hello();
          const draft = await opened.port.draftCatalogue({ source: 'may.csv', products: products(3), nowMs });
          expect(await kinds('box-1')).toEqual([]);
          await restart();
          expect(await opened.port.catalogueDrafts()).toEqual([
            { number: draft, source: 'may.csv', products: 3, madeMs: nowMs },
          ]);
          const page = await opened.port.products({ draft, after: 'S0', limit: 1 });
          expect(page).toMatchObject({ items: [{ sku: 'S1' }], next: 'S1' });
          expect(await opened.port.publishDraft(draft ?? 0, nowMs)).toMatchObject({
            version: 1,
            products: 3,
          });
          expect(await opened.port.publishDraft(draft ?? 0, nowMs)).toBeNull();
          expect(await opened.port.catalogueDrafts()).toEqual([]);
          expect(await kinds('box-1')).toEqual(['catalogue 1']);
          expect(await opened.port.products({ draft: null, after: 'S1', limit: 9 })).toMatchObject({
            items: [{ sku: 'S2' }],
            next: null,
          });
        });

        it('keeps so many drafts and no more, and forgets one that is discarded', async () => {
          const draft = () => opened.port.draftCatalogue({ source: 'a.csv', products: products(1), nowMs });
          const numbers = [];
          for (let i = 0; i <= draftsMax; i++) numbers.push(await draft());
          expect(numbers.indexOf(null)).toBe(draftsMax);
          expect(await opened.port.discardDraft(numbers[0] ?? 0)).toBe(true);
          expect(await opened.port.discardDraft(numbers[0] ?? 0)).toBe(false);
          // A number is never given twice: somebody may have written it down.
          expect(await draft()).toBe(draftsMax + 1);
        });
      });

      it('carries stock to one appliance, in order and all of it or none', async () => {
        await hello();
        await hello({ applianceId: 'box-2' });
        await opened.port.publishCatalogue(products(501), nowMs);
        const before = (await opened.port.feedPositionOf('box-1'))?.head ?? 0;
        const changes = products(501).map(({ sku }) => ({ sku, change: 'set' as const, quantity: 4 }));
        const stranger = { sku: 'T1', change: 'add' as const, quantity: 1 };
        expect(await opened.port.sendStock('box-1', [...changes, stranger])).toEqual({
          kind: 'skus_unknown',
          skus: ['T1'],
        });
        expect(await opened.port.sendStock('box-9', changes)).toEqual({ kind: 'appliance_unknown' });
        expect(await opened.port.sendStock('box-1', changes)).toEqual({
          kind: 'sent',
          firstPosition: before + 1,
          lastPosition: before + 2,
        });
        const items = (await feedOf('box-1')).slice(before);
        expect(items.flatMap((item) => FeedItem.parse(item) && item.changes)).toEqual(changes);
        expect((await feedOf('box-2')).some(({ kind }) => kind === 'stock')).toBe(false);
      });

      it('carries the hot list to everybody, each change once, and to a newcomer as it stands', async () => {
        await hello();
        const change = (fingerprint: string, kind: 'add' | 'remove') =>
          opened.port.changeHotList({ fingerprint, change: kind, nowMs });
        expect(await change('fp_a', 'remove')).toEqual({ kind: 'unchanged' });
        expect(await change('fp_a', 'add')).toEqual({ kind: 'changed' });
        expect(await change('fp_a', 'add')).toEqual({ kind: 'unchanged' });
        await change('fp_b', 'add');
        await change('fp_a', 'remove');
        await change('fp_a', 'add');
        await change('fp_b', 'remove');
        await hello({ applianceId: 'box-2' });
        const said = async (applianceId: string) =>
          (await feedOf(applianceId)).map(
            (item) => FeedItem.parse(item) && `${item.change} ${item.fingerprint}`,
          );
        expect(await said('box-1')).toEqual([
          'add fp_a',
          'add fp_b',
          'remove fp_a',
          'add fp_a',
          'remove fp_b',
        ]);
        expect(await said('box-2')).toEqual(['add fp_a']);
        expect(await opened.port.hotList({ after: '', limit: 10 })).toEqual({
          items: [{ fingerprint: 'fp_a', addedMs: nowMs }],
          next: null,
        });
      });

      it('shows the policy in force', async () => {
        expect(await opened.port.policy()).toBeNull();
        await opened.port.ensurePolicy(defaultPolicy);
        await opened.port.publishPolicy(policy);
        expect(await opened.port.policy()).toEqual({ version: 2, policy });
      });

      it('appends a new policy to the feed of everybody', async () => {
        await hello();
        await hello({ applianceId: 'box-2' });
        await opened.port.publishPolicy(policy);
        expect(await feedOf('box-1')).toMatchObject([{ kind: 'policy', version: 1 }]);
        expect(await feedOf('box-2')).toMatchObject([{ kind: 'policy', version: 1 }]);
      });

      it('goes on from where it was applied, durably, and never beyond its head', async () => {
        await hello();
        for (let i = 0; i < 3; i++) await opened.port.publishPolicy(policy);
        const { feedId } = (await opened.port.feedPositionOf('box-1')) ?? { feedId: '' };
        const applied = (appliedThrough: number, id = feedId) =>
          opened.port.applied({ applianceId: 'box-1', feedId: id, appliedThrough, nowMs });
        expect(await applied(2)).toMatchObject({ appliedThrough: 2, head: 3 });
        expect(await applied(1)).toMatchObject({ appliedThrough: 2 });
        expect(await applied(4)).toBeNull();
        expect(await applied(3, randomUUID())).toBeNull();
        await restart();
        expect(await opened.port.feedPositionOf('box-1')).toEqual({ feedId, head: 3, appliedThrough: 2 });
        const page = await opened.port.feedPage({
          applianceId: 'box-1',
          after: 2,
          itemsMax: 1,
          bytesMax: 1,
        });
        expect(page).toMatchObject({ firstPosition: 3, items: [expect.anything()] });
      });

      it('begins again for an appliance that has lost what it applied', async () => {
        await hello();
        await opened.port.publishPolicy(policy);
        const { feedId } = (await opened.port.feedPositionOf('box-1')) ?? { feedId: '' };
        expect(await hello({ feedId, appliedThrough: 1 })).toMatchObject({
          feed: { feedId, appliedThrough: 1 },
        });
        expect(await hello({ feedId: null })).toMatchObject({ feed: { feedId, appliedThrough: 0 } });
      });

      it('begins under a new name for an appliance that has applied more than there is', async () => {
        await hello();
        await opened.port.publishPolicy(policy);
        const { feedId } = (await opened.port.feedPositionOf('box-1')) ?? { feedId: '' };
        const welcome = await hello({ feedId, appliedThrough: 9 });
        expect(welcome).toMatchObject({ feed: { head: 1, appliedThrough: 0 } });
        expect(welcome.kind === 'welcome' && welcome.feed.feedId).not.toBe(feedId);
      });
    });

    describe('reading', () => {
      it('makes the first API key only', async () => {
        expect(await opened.port.ensureApiKey(Buffer.alloc(32, 1), nowMs)).toBe(true);
        expect(await opened.port.ensureApiKey(Buffer.alloc(32, 2), nowMs)).toBe(false);
        expect((await opened.port.apiKeyHashes()).map((hash) => Buffer.from(hash))).toEqual([
          Buffer.alloc(32, 1),
        ]);
      });

      it('pages through everything once', async () => {
        sell(5);
        await hello();
        await receive(1, 5);
        await bookAll();
        const seqs: number[] = [];
        let cursor: number | null = null;
        do {
          const filter = { kind: 'checkout' as const, applianceId: 'box-1', cursor, limit: 2 };
          const page: Awaited<ReturnType<LedgerPort['documents']>> = await opened.port.documents(filter);
          seqs.push(...page.items.map(({ seq }) => seq));
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(seqs).toEqual([5, 4, 3, 2, 1]);
        const first = await opened.port.movements({ cursor: null, limit: 3 });
        const second = await opened.port.movements({ cursor: first.nextCursor, limit: 3 });
        expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
        expect(second.nextCursor).toBeNull();
      });

      it('does not guess whose journal is meant', async () => {
        const { journalId } = journal;
        const ask = (applianceId: string | null) =>
          opened.port.entries({ journalId, applianceId, after: 0, limit: 10 });
        expect(await ask(null)).toBeNull();
        await hello();
        expect(await ask(null)).toEqual([]);
        await hello({ applianceId: 'box-2' });
        expect(await ask(null)).toBe('ambiguous');
        expect(await ask('box-2')).toEqual([]);
      });
    });
  });
}

/** The catalogue that a feed amounts to, as an appliance would have it; fails on a delta without its base. */
function rebuilt(items: { kind: string; [field: string]: unknown }[]): Map<string, Product> {
  let [products, version] = [new Map<string, Product>(), 0];
  for (const item of items.map((one) => FeedItem.parse(one))) {
    if (item.kind === 'catalogue') {
      if (item.piece === 1) products = new Map();
      version = item.version;
    } else if (item.kind === 'catalogue_delta') {
      expect(item.base).toBe(item.piece === 1 ? version : item.version - 1);
      version = item.version;
      for (const sku of item.removed) products.delete(sku);
    } else continue;
    for (const product of item.products) products.set(product.sku, product);
  }
  return products;
}
