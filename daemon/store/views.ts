// What the store shows: a document as it stands now, pages of them, the status, the positions.
import type { Database } from 'better-sqlite3';
import { type CheckoutEntry, Entry, type RefundEntry } from '../../contract/entry.ts';
import type { Condition, DocumentPage, DocumentView } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import type { Policy } from '../../contract/policy.ts';
import { assert, present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { isApproved } from '../checkout/decide.ts';
import { hasEnded } from '../checkout/fulfil.ts';
import { slipOf } from '../checkout/slip.ts';
import { allLeft, standingLines } from '../checkout/standing.ts';
import { clockConditions } from '../identity/clock-words.ts';
import type { Catalogue } from './catalogue.ts';
import type { Ask, Position, SlipAnswer, StoreStatus } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { type DocumentRow, type Documents, idBytes, idText, isDocument } from './documents.ts';
import type { GivenBack } from './given-back.ts';
import type { Journal } from './journal.ts';
import type { LinkState } from './link-state.ts';
import type { Policies } from './policy.ts';
import type { Positions } from './positions.ts';
import type { Salvaged } from './salvaged.ts';
import type { SiteTime } from './site-time.ts';
import type { Stock } from './stock.ts';

interface Parts {
  journal: Journal;
  documents: Documents;
  catalogue: Catalogue;
  policies: Policies;
  positions: Positions;
  decisions: Decisions;
  givenBack: GivenBack;
  link: LinkState;
  siteTime: SiteTime;
  stock: Stock;
  salvaged: Salvaged;
  clock: Clock;
}

export interface Views {
  document(id: string): DocumentView | null;
  slip(ask: Ask<'slip'>): SlipAnswer;
  page(beforeSeq: number | null, itemsMax: number): DocumentPage;
  status(room: boolean): StoreStatus;
  position(): Position;
  /** By the wall clock of then; null: central has received everything. */
  oldestUnreceivedMs(): number | null;
}

export function createViews(db: Database, parts: Parts): Views {
  const { journal, documents, catalogue, policies, positions, decisions, link, siteTime, stock, salvaged } =
    parts;
  const before = db.prepare<[number, number], { seq: number; body: Buffer }>(
    `SELECT seq, body FROM entry WHERE seq < ? AND kind NOT IN ('decision', 'salvage', 'synthetic') ORDER BY seq DESC LIMIT ?`,
  );
  const madeAfter = db
    .prepare<[number], number>('SELECT wall_ms FROM entry WHERE seq > ? ORDER BY seq LIMIT 1')
    .pluck();

  const entryAt = (seq: number) =>
    Entry.parse(JSON.parse(present(journal.body(seq), `entry ${seq}`).toString()));

  function view(seq: number, body: Buffer): DocumentView {
    const entry = Entry.parse(JSON.parse(body.toString()));
    assert(isDocument(entry), `entry ${seq} is a document`);
    const row = present(documents.find(idBytes(entry.id)), `the document of entry ${seq}`);
    return {
      ...decisions.answerNow(entry, seq),
      ...(entry.kind === 'checkout' && laterOf(entry, row)),
      received: seq <= positions.now.receivedThrough,
      outcome: row.outcome === null ? null : { kind: row.outcome, atMs: row.outcomeAtMs ?? 0 },
      voidedBy: row.voidedBy && idText(row.voidedBy),
      refundedMinor: row.refundedMinor,
    };
  }

  /** What became of the goods, and what of them was given back. */
  function laterOf(entry: CheckoutEntry, row: DocumentRow): Pick<DocumentView, 'fulfilment' | 'givenBack'> {
    const back = row.refundedMinor > 0 || row.fulfilment !== null ? parts.givenBack.of(row.id) : [];
    const state = row.fulfilment ?? 'expected';
    const some = hasEnded(state) || allLeft(standingLines(entry, back)).length > 0;
    const waits = entry.goods === 'reserved' && isApproved(row) && row.voidedBy === null && some;
    return {
      ...(waits && { fulfilment: state }),
      ...(back.length > 0 && { givenBack: back }),
    };
  }

  /** The checkout that money is given back on; null for one without, and for what is no refund. */
  function checkoutOf(entry: CheckoutEntry | RefundEntry): CheckoutEntry | null {
    if (entry.kind === 'checkout' || !('checkoutId' in entry.refund)) return null;
    const row = documents.find(idBytes(entry.refund.checkoutId));
    // Lost with another journal: the refund outlived it.
    if (!row) return null;
    const checkout = entryAt(row.seq);
    return checkout.kind === 'checkout' ? checkout : null;
  }

  /** What a technician is to take note of, and that less may be sold until central has been told. */
  const salvagedConditions = () => {
    const condition = salvaged.condition();
    return [...(condition ? [condition] : []), ...(salvaged.untold ? [exposureHalved] : [])];
  };

  const offlineFor = () => {
    const since = link.offlineSince;
    return since && { sinceMs: since.wallMs, forMs: parts.clock.monotonicMs() - since.monotonicMs };
  };

  return {
    document(id) {
      const row = documents.find(idBytes(id));
      return row && view(row.seq, present(journal.body(row.seq), `entry ${row.seq}`));
    },
    slip({ id, copy }) {
      const row = documents.find(idBytes(id));
      if (!row) return { kind: 'missing', code: 'document_not_found' };
      const entry = entryAt(row.seq);
      const timeZone = policies.inForce?.policy.openingHours?.timeZone ?? 'UTC';
      const slip =
        entry.kind === 'checkout' || entry.kind === 'refund'
          ? slipOf(entry, decisions.answerNow(entry, row.seq), {
              timeZone,
              copy,
              voided: row.voidedBy !== null,
              checkout: checkoutOf(entry),
            })
          : null;
      return slip ? { kind: 'slip', slip } : { kind: 'missing', code: 'slip_not_found' };
    },
    page(beforeSeq, itemsMax) {
      const rows = before.all(beforeSeq ?? Number.MAX_SAFE_INTEGER, itemsMax + 1);
      const items = rows.slice(0, itemsMax).map(({ seq, body }) => view(seq, body));
      const last = items.at(-1);
      return { items, nextCursor: rows.length > itemsMax && last ? String(last.seq) : null };
    },
    status(room) {
      const low = stock.low(limits.lowStockItemsMax + 1);
      const { journalId, receivedThrough, appliedThrough, exposureMinor } = positions.now;
      const { inForce, missed } = catalogue;
      const policy = policies.inForce;
      return {
        siteMs: siteTime.best().ms,
        link: link.view,
        journal: {
          journalId,
          lastSeq: journal.lastSeq,
          receivedThrough,
          // "Pending" is arithmetic, not a state.
          pending: journal.lastSeq - receivedThrough,
        },
        feed: { appliedThrough },
        catalogue: {
          version: inForce?.version ?? 0,
          products: inForce?.products ?? 0,
          ageMs: inForce && siteTime.elapsedMs() - inForce.appliedMs,
        },
        policy: { version: policy?.version ?? 0, ageMs: policy && siteTime.elapsedMs() - policy.appliedMs },
        offline: offlineLimits(policy?.policy ?? null, exposureMinor, offlineFor()),
        stockLow: {
          items: low.slice(0, limits.lowStockItemsMax),
          more: low.length > limits.lowStockItemsMax,
        },
        exposure: {
          totalMinor: exposureMinor,
          limitMinor: policy?.policy.exposure.totalMinorMax ?? null,
          currency: policy?.policy.currency ?? null,
        },
        verdicts: documents.tallies(),
        conditions: [
          ...link.conditions,
          ...salvagedConditions(),
          ...clockConditions(siteTime.best(), siteTime.known()),
          ...(room ? [] : [journalFull]),
          ...(missed ? [{ ...catalogueIncomplete, sinceMs: missed.sinceMs }] : []),
          ...low.slice(0, 1).map(({ sinceMs }) => ({ ...stockLow, sinceMs })),
        ],
      };
    },
    oldestUnreceivedMs: () => madeAfter.get(positions.now.receivedThrough) ?? null,
    position() {
      const { journalId, receivedThrough, feedId, appliedThrough } = positions.now;
      const lastHash = journal.lastHash.toString('hex');
      return { journalId, lastSeq: journal.lastSeq, lastHash, receivedThrough, feedId, appliedThrough };
    },
  };
}

/** What is left before the limits of selling offline bite. */
function offlineLimits(
  policy: Policy | null,
  exposureMinor: number,
  offline: { sinceMs: number; forMs: number } | null,
): StoreStatus['offline'] {
  const moneyMax = policy?.exposure.totalMinorMax;
  const hoursMax = policy?.offline.hoursMax;
  return {
    sinceMs: offline?.sinceMs ?? null,
    moneyLeftMinor: moneyMax === undefined ? null : Math.max(0, moneyMax - exposureMinor),
    timeLeftMs:
      offline === null || hoursMax === undefined ? null : Math.max(0, hoursMax * hourMs - offline.forMs),
  };
}

const hourMs = 3_600_000;

const journalFull: Condition = {
  code: 'journal_full',
  hint: 'No new checkouts: make room on the disk or raise journal.bytesMax. Voids, outcomes and sync go on.',
  sinceMs: 0,
};

const exposureHalved: Condition = {
  code: 'exposure_halved',
  hint: 'Until central knows what the salvage of the journal left in doubt, half of the exposure limit counts: bring the link back.',
  sinceMs: 0,
};

const catalogueIncomplete: Omit<Condition, 'sinceMs'> = {
  code: 'catalogue_incomplete',
  hint: 'A newer catalogue did not arrive whole, and the one before it stays in force: publish a whole catalogue at central.',
};

const stockLow: Omit<Condition, 'sinceMs'> = {
  code: 'stock_low',
  hint: 'Products named in stockLow are running low: bring more, or count them at central.',
};
