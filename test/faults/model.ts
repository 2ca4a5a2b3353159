// The independent model: what must be true of both databases, given what the kiosks were told. It shares no code with the
// product: it reads the files with its own SQL, hashes with its own lines and adds up with its own sums.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { checkDoubts, type Received, readSalvage, type Salvaged } from './model-salvage.ts';

/** What a kiosk was told: the answer of one 201, as it came. */
export interface Told {
  id: string;
  kind: 'checkout' | 'void' | 'refund' | 'fulfilment';
  verdict: string;
  seq: number;
  slip?: number | undefined;
  totalMinor?: number | undefined;
}

export interface Findings {
  told: number;
  /** Entries that are documents of a kiosk: all but the decisions on pending checkouts. */
  entries: number;
  approvedMinor: number;
  ledgerMinor: number;
  /** One line for each thing that is not as it must be; empty when all is well. */
  wrongs: string[];
}

interface EntryBody {
  kind: 'checkout' | 'void' | 'refund' | 'fulfilment' | 'decision' | 'salvage' | 'synthetic';
  id: string;
  verdict: string;
  slip?: number;
  checkoutId?: string;
  checkout?: { totalMinor: number };
  /** Of a refund what it gives back; of a fulfilment the refund that it brings. */
  refund?: { id?: string; totalMinor: number };
}

interface Row {
  seq: number;
  body: Buffer;
  hash: Buffer | null;
}

/** Compares the appliance's journal, central's copy, the ledger, and what was told. Both programs must have stopped. */
export function checkBooks(siteFolder: string, told: readonly Told[]): Findings {
  const wrongs: string[] = [];
  const wrong = (text: string) => {
    if (wrongs.length < 50) wrongs.push(text);
  };
  const appliance = new Database(join(siteFolder, 'appliance', 'journal.db'), { readonly: true });
  const central = new Database(join(siteFolder, 'central', 'central.db'), { readonly: true });

  const journal = appliance.prepare<[], Row>('SELECT seq, body, hash FROM entry ORDER BY seq').all();
  const journalId = appliance.prepare<[], string>('SELECT journal_id FROM position').pluck().get();
  const received = central
    .prepare<[], Received>(
      `SELECT journal.ref AS journal, journal.id AS journalId, seq, body FROM entry
       JOIN journal ON journal.ref = journal_ref ORDER BY journal.ref, seq`,
    )
    .all();
  checkChain(journal, wrong);
  checkCopy(
    journal,
    received.filter((one) => one.journalId === journalId),
    wrong,
  );
  const bodies = journal.map(({ body }) => body);
  const salvaged = readSalvage(bodies, wrong);
  if (salvaged) checkDoubts(central, received, bodies, salvaged, wrong);

  const entries = journal
    .map(({ seq, body }) => ({ seq, place: `${seq}`, ...(JSON.parse(body.toString()) as EntryBody) }))
    .filter(isAsked);
  checkIdentities(entries, salvaged?.slipsMissingMax ?? 0, wrong);
  if (!salvaged) checkBrought(entries, wrong);
  checkTold(entries, told, salvaged, wrong);
  const parked = checkParked(central, salvaged, wrong);
  const arrived = arrivedOnce(received).filter((entry) => isAsked(entry) && !parked.has(entry.place));
  const { expected, takenBack, approvedMinor } = expectedMovements(arrived, wrong);
  const ledgerMinor = checkLedger(central, { expected, takenBack }, wrong);

  const exposure = appliance.prepare<[], number>('SELECT exposure_minor FROM position').pluck().get();
  if (exposure !== 0) wrong(`exposure is ${exposure} though everything has its outcome`);
  appliance.close();
  central.close();
  return { told: told.length, entries: documentsOf(entries).length, approvedMinor, ledgerMinor, wrongs };
}

type Wrong = (text: string) => void;
/** `place` is where central has it: its journal there and its seq. */
type Entry = EntryBody & { seq: number; place: string };

/** What the appliance wrote by itself moves nothing, and nobody was told of it. */
const isAsked = ({ kind }: EntryBody) => kind !== 'salvage' && kind !== 'synthetic';
const documentsOf = (entries: readonly Entry[]) => entries.filter(({ kind }) => kind !== 'decision');

/** I3: no gap; and each hash is SHA-256(previous ‖ seq, 8 bytes big-endian ‖ body). */
function checkChain(journal: readonly Row[], wrong: Wrong): void {
  let previous = Buffer.alloc(32);
  journal.forEach(({ seq, body, hash }, i) => {
    if (seq !== i + 1) wrong(`the journal has seq ${seq} where ${i + 1} belongs`);
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(BigInt(seq));
    const expected = createHash('sha256').update(previous).update(number).update(body).digest();
    if (!hash || !expected.equals(hash)) wrong(`the chain is broken at ${seq}`);
    previous = expected;
  });
}

/** Everything arrived, byte for byte, once. */
function checkCopy(journal: readonly Row[], received: readonly Received[], wrong: Wrong): void {
  if (received.length !== journal.length)
    wrong(`central has ${received.length} entries of ${journal.length}`);
  received.forEach(({ seq, body }, i) => {
    const own = journal[i];
    if (!own || own.seq !== seq || !own.body.equals(body))
      wrong(`central's entry ${seq} is not the journal's`);
  });
}

/** What came in, by the journal that brought it first. */
function arrivedOnce(received: readonly Received[]): Entry[] {
  const seen = new Set<string>();
  return received.flatMap(({ journal, seq, body }) => {
    const text = body.toString();
    if (seen.has(text)) return [];
    seen.add(text);
    return [{ seq, place: `${journal}/${seq}`, ...(JSON.parse(text) as EntryBody) }];
  });
}

/** A document has one entry; slip numbers run from 1 without a gap (I15). */
function checkIdentities(entries: readonly Entry[], slipsMissingMax: number, wrong: Wrong): void {
  const seen = new Set<string>();
  const decided = new Set<string>();
  let slip = 0;
  let missing = slipsMissingMax;
  for (const entry of entries) {
    if (seen.has(entry.id)) wrong(`document ${entry.id} has two entries`);
    seen.add(entry.id);
    if (entry.kind === 'decision' && entry.checkoutId !== undefined) {
      if (decided.has(entry.checkoutId)) wrong(`checkout ${entry.checkoutId} was decided twice`);
      decided.add(entry.checkoutId);
    }
    if (entry.slip === undefined) continue;
    slip++;
    // The slips of what was lost are with it; none is given twice.
    missing -= Math.max(0, entry.slip - slip);
    if (entry.slip < slip || missing < 0) wrong(`slip ${entry.slip} where ${slip} belongs`);
    slip = entry.slip;
  }
}

/** A step of a fulfilment brings the refund it names, at once and of that amount. */
function checkBrought(entries: readonly Entry[], wrong: Wrong): void {
  entries.forEach(({ kind, id, refund }, i) => {
    if (kind !== 'fulfilment' || !refund) return;
    const next = entries[i + 1];
    const same = next?.id === refund.id && next?.refund?.totalMinor === refund.totalMinor;
    if (next?.kind !== 'refund' || !same) wrong(`fulfilment ${id} is not followed by its refund`);
  });
}

/** I1 and I2: every 201 is in the journal as it was told, and a repeat was told the same. */
function checkTold(
  entries: readonly Entry[],
  told: readonly Told[],
  salvaged: Salvaged | null,
  wrong: Wrong,
): void {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const decisions = new Map(
    entries.filter(({ kind }) => kind === 'decision').map((entry) => [entry.checkoutId, entry]),
  );
  for (const { id, kind, verdict, seq, slip, totalMinor } of told) {
    const entry = byId.get(id);
    if (!entry) {
      // A seq in doubt: central names it, or has it from before.
      if (salvaged?.inDoubt.has(seq)) continue;
      wrong(`${kind} ${id} was answered 201 and is in no journal`);
      continue;
    }
    const total =
      kind === 'fulfilment' ? undefined : (entry.checkout?.totalMinor ?? entry.refund?.totalMinor);
    const said = entry.verdict === 'pending' ? decisions.get(id) : entry;
    const there = entry.seq === seq || salvaged?.originOf(entry.seq) === seq;
    const same = entry.kind === kind && said?.verdict === verdict && there && said.slip === slip;
    if (!same || total !== totalMinor) wrong(`${kind} ${id} was told otherwise than it was written`);
  }
}

const isApproved = (verdict: string) => verdict === 'approved_offline' || verdict === 'authorised';

/**
 * What each entry must move, by place: a sale its total, a refund the opposite, a void what the sale moved, back. A pending
 * checkout moves by its decision, under its own place. One that was refused may have been authorised by then: that moved
 * its total, and the refusal the same back. `takenBack` has the two places of each such, for both or neither.
 */
function expectedMovements(
  entries: readonly Entry[],
  wrong: Wrong,
): { expected: Map<string, number>; takenBack: Map<string, Entry>; approvedMinor: number } {
  const expected = new Map<string, number>();
  const takenBack = new Map<string, Entry>();
  const sales = new Map<string, number>();
  const pending = new Map<string, Entry>();
  const sell = ({ place, id, checkout }: Entry) => {
    sales.set(id, checkout?.totalMinor ?? 0);
    expected.set(place, checkout?.totalMinor ?? 0);
  };
  const decide = ({ place, verdict, checkoutId = '' }: Entry) => {
    const checkout = pending.get(checkoutId);
    pending.delete(checkoutId);
    if (!checkout) wrong(`decision ${place} is on no pending checkout`);
    else if (isApproved(verdict)) sell(checkout);
    else if (verdict === 'refused') takenBack.set(place, checkout);
  };
  for (const entry of entries) {
    const { place, kind, verdict, checkoutId = '', refund } = entry;
    if (verdict === 'pending') pending.set(entry.id, entry);
    if (kind === 'decision') decide(entry);
    if (!isApproved(verdict)) continue;
    if (kind === 'checkout') sell(entry);
    if (kind === 'refund') expected.set(place, -(refund?.totalMinor ?? 0));
    if (kind === 'void') expected.set(place, -(sales.get(checkoutId) ?? 0));
  }
  for (const id of pending.keys()) wrong(`checkout ${id} was never decided`);
  const approvedMinor = [...expected.values()].reduce((sum, minor) => sum + minor, 0);
  return { expected, takenBack, approvedMinor };
}

/** Nothing is parked, but for what is about a checkout that a salvage has in doubt. @returns the places that are */
function checkParked(central: Database.Database, salvaged: Salvaged | null, wrong: Wrong): Set<string> {
  const parked = central
    .prepare<[], { place: string; reason: string }>(
      "SELECT journal_ref || '/' || seq AS place, reason FROM parked",
    )
    .all();
  for (const { place, reason } of parked) {
    const orphaned = reason === 'checkout_unknown' && (salvaged?.inDoubt.size ?? 0) > 0;
    if (!orphaned) wrong(`entry ${place} is parked: ${reason}`);
  }
  return new Set(parked.map(({ place }) => place));
}

/** I5 and I6: each entry moved what it must, once; each movement sums to zero; the accounts are the sum of all. */
function checkLedger(
  central: Database.Database,
  { expected, takenBack }: { expected: ReadonlyMap<string, number>; takenBack: ReadonlyMap<string, Entry> },
  wrong: Wrong,
): number {
  const postings = central
    .prepare<[], { place: string; movement: number; account: string; minor: number }>(
      `SELECT movement.journal_ref || '/' || movement.seq AS place, movement.id AS movement, account, amount_minor AS minor
       FROM posting JOIN movement ON movement.id = posting.movement_id
       WHERE source = 'entry' ORDER BY movement.id`,
    )
    .all();
  const owed = new Map<string, number>();
  const movements = new Map<string, Set<number>>();
  const sums = new Map<number, number>();
  for (const { place, movement, account, minor } of postings) {
    movements.set(place, (movements.get(place) ?? new Set()).add(movement));
    sums.set(movement, (sums.get(movement) ?? 0) + minor);
    // Credits: what is owed for sales.
    if (account.startsWith('payable:payee')) owed.set(place, (owed.get(place) ?? 0) - minor);
  }
  for (const [movement, sum] of sums) if (sum !== 0) wrong(`movement ${movement} sums to ${sum}`);
  for (const [place, ids] of movements)
    if (ids.size > 1) wrong(`entry ${place} was booked ${ids.size} times`);
  for (const [place, minor] of expected) {
    if (owed.get(place) !== minor)
      wrong(`entry ${place} moved ${owed.get(place) ?? 'nothing'}, not ${minor}`);
  }
  const backAndForth = checkTakenBack(owed, takenBack, wrong);
  const mayMove = new Set([...expected.keys(), ...backAndForth]);
  for (const place of [...owed.keys()].filter((one) => !mayMove.has(one)))
    wrong(`entry ${place} moved money though not approved`);
  return [...owed.values()].reduce((sum, minor) => sum + minor, 0);
}

/** What a refused checkout moved came back whole. @returns the places that may have moved money so */
function checkTakenBack(
  owed: ReadonlyMap<string, number>,
  takenBack: ReadonlyMap<string, Entry>,
  wrong: Wrong,
): Set<string> {
  const backAndForth = new Set<string>();
  for (const [place, checkout] of takenBack) {
    const [sold, back] = [owed.get(checkout.place) ?? 0, owed.get(place) ?? 0];
    if (sold !== -back) wrong(`checkout ${checkout.id} was refused, and ${sold} of ${-back} taken back`);
    if (sold !== 0 && sold !== checkout.checkout?.totalMinor) wrong(`checkout ${checkout.id} moved ${sold}`);
    backAndForth.add(place).add(checkout.place);
  }
  return backAndForth;
}
