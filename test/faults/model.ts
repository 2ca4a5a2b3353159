// The independent model: what must be true of both databases, given what the kiosks were told. It shares no code with the
// product: it reads the files with its own SQL, hashes with its own lines and adds up with its own sums.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';

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
  kind: 'checkout' | 'void' | 'refund' | 'fulfilment' | 'decision';
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
  const received = central.prepare<[], Row>('SELECT seq, body, NULL AS hash FROM entry ORDER BY seq').all();
  checkChain(journal, wrong);
  checkCopy(journal, received, wrong);

  const entries = journal.map(({ seq, body }) => ({ seq, ...(JSON.parse(body.toString()) as EntryBody) }));
  checkIdentities(entries, wrong);
  checkBrought(entries, wrong);
  checkTold(entries, told, wrong);
  const { expected, takenBack, approvedMinor } = expectedMovements(entries, wrong);
  const ledgerMinor = checkLedger(central, { expected, takenBack }, wrong);

  const exposure = appliance.prepare<[], number>('SELECT exposure_minor FROM position').pluck().get();
  if (exposure !== 0) wrong(`exposure is ${exposure} though everything has its outcome`);
  appliance.close();
  central.close();
  return { told: told.length, entries: documentsOf(entries).length, approvedMinor, ledgerMinor, wrongs };
}

type Wrong = (text: string) => void;
type Entry = EntryBody & { seq: number };

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
function checkCopy(journal: readonly Row[], received: readonly Row[], wrong: Wrong): void {
  if (received.length !== journal.length)
    wrong(`central has ${received.length} entries of ${journal.length}`);
  received.forEach(({ seq, body }, i) => {
    const own = journal[i];
    if (!own || own.seq !== seq || !own.body.equals(body))
      wrong(`central's entry ${seq} is not the journal's`);
  });
}

/** A document has one entry; slip numbers run from 1 without a gap (I15). */
function checkIdentities(entries: readonly Entry[], wrong: Wrong): void {
  const seen = new Set<string>();
  const decided = new Set<string>();
  let slip = 0;
  for (const entry of entries) {
    if (seen.has(entry.id)) wrong(`document ${entry.id} has two entries`);
    seen.add(entry.id);
    if (entry.kind === 'decision' && entry.checkoutId !== undefined) {
      if (decided.has(entry.checkoutId)) wrong(`checkout ${entry.checkoutId} was decided twice`);
      decided.add(entry.checkoutId);
    }
    if (entry.slip === undefined) continue;
    slip++;
    if (entry.slip !== slip) wrong(`slip ${entry.slip} where ${slip} belongs`);
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
function checkTold(entries: readonly Entry[], told: readonly Told[], wrong: Wrong): void {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const decisions = new Map(
    entries.filter(({ kind }) => kind === 'decision').map((entry) => [entry.checkoutId, entry]),
  );
  for (const { id, kind, verdict, seq, slip, totalMinor } of told) {
    const entry = byId.get(id);
    if (!entry) {
      wrong(`${kind} ${id} was answered 201 and is in no journal`);
      continue;
    }
    const total =
      kind === 'fulfilment' ? undefined : (entry.checkout?.totalMinor ?? entry.refund?.totalMinor);
    const said = entry.verdict === 'pending' ? decisions.get(id) : entry;
    const same = entry.kind === kind && said?.verdict === verdict && entry.seq === seq && said.slip === slip;
    if (!same || total !== totalMinor) wrong(`${kind} ${id} was told otherwise than it was written`);
  }
}

const isApproved = (verdict: string) => verdict === 'approved_offline' || verdict === 'authorised';

/**
 * What each entry must move, by seq: a sale its total, a refund the opposite, a void what the sale moved, back. A pending
 * checkout moves by its decision, under its own seq. One that was refused may have been authorised by then: that moved
 * its total, and the refusal the same back. `takenBack` has the two seqs of each such, for both or neither.
 */
function expectedMovements(
  entries: readonly Entry[],
  wrong: Wrong,
): { expected: Map<number, number>; takenBack: Map<number, Entry>; approvedMinor: number } {
  const expected = new Map<number, number>();
  const takenBack = new Map<number, Entry>();
  const sales = new Map<string, number>();
  const pending = new Map<string, Entry>();
  const sell = ({ seq, id, checkout }: Entry) => {
    sales.set(id, checkout?.totalMinor ?? 0);
    expected.set(seq, checkout?.totalMinor ?? 0);
  };
  const decide = ({ seq, verdict, checkoutId = '' }: Entry) => {
    const checkout = pending.get(checkoutId);
    pending.delete(checkoutId);
    if (!checkout) wrong(`decision ${seq} is on no pending checkout`);
    else if (isApproved(verdict)) sell(checkout);
    else if (verdict === 'refused') takenBack.set(seq, checkout);
  };
  for (const entry of entries) {
    const { seq, kind, verdict, checkoutId = '', refund } = entry;
    if (verdict === 'pending') pending.set(entry.id, entry);
    if (kind === 'decision') decide(entry);
    if (!isApproved(verdict)) continue;
    if (kind === 'checkout') sell(entry);
    if (kind === 'refund') expected.set(seq, -(refund?.totalMinor ?? 0));
    if (kind === 'void') expected.set(seq, -(sales.get(checkoutId) ?? 0));
  }
  for (const id of pending.keys()) wrong(`checkout ${id} was never decided`);
  const approvedMinor = [...expected.values()].reduce((sum, minor) => sum + minor, 0);
  return { expected, takenBack, approvedMinor };
}

/** I5 and I6: each entry moved what it must, once; each movement sums to zero; the accounts are the sum of all. */
function checkLedger(
  central: Database.Database,
  { expected, takenBack }: { expected: ReadonlyMap<number, number>; takenBack: ReadonlyMap<number, Entry> },
  wrong: Wrong,
): number {
  const parked = central.prepare<[], { seq: number; reason: string }>('SELECT seq, reason FROM parked').all();
  for (const { seq, reason } of parked) wrong(`entry ${seq} is parked: ${reason}`);

  const postings = central
    .prepare<[], { seq: number; movement: number; account: string; minor: number }>(
      `SELECT movement.seq, movement.id AS movement, account, amount_minor AS minor
       FROM posting JOIN movement ON movement.id = posting.movement_id
       WHERE source = 'entry' ORDER BY movement.seq`,
    )
    .all();
  const owed = new Map<number, number>();
  const movements = new Map<number, Set<number>>();
  const sums = new Map<number, number>();
  for (const { seq, movement, account, minor } of postings) {
    movements.set(seq, (movements.get(seq) ?? new Set()).add(movement));
    sums.set(movement, (sums.get(movement) ?? 0) + minor);
    // Credits: what is owed for sales.
    if (account.startsWith('payable:payee')) owed.set(seq, (owed.get(seq) ?? 0) - minor);
  }
  for (const [movement, sum] of sums) if (sum !== 0) wrong(`movement ${movement} sums to ${sum}`);
  for (const [seq, ids] of movements) if (ids.size > 1) wrong(`entry ${seq} was booked ${ids.size} times`);
  for (const [seq, minor] of expected) {
    if (owed.get(seq) !== minor) wrong(`entry ${seq} moved ${owed.get(seq) ?? 'nothing'}, not ${minor}`);
  }
  const backAndForth = checkTakenBack(owed, takenBack, wrong);
  const mayMove = new Set([...expected.keys(), ...backAndForth]);
  for (const seq of [...owed.keys()].filter((one) => !mayMove.has(one)))
    wrong(`entry ${seq} moved money though not approved`);
  return [...owed.values()].reduce((sum, minor) => sum + minor, 0);
}

/** What a refused checkout moved came back whole. @returns the seqs that may have moved money so */
function checkTakenBack(
  owed: ReadonlyMap<number, number>,
  takenBack: ReadonlyMap<number, Entry>,
  wrong: Wrong,
): Set<number> {
  const backAndForth = new Set<number>();
  for (const [seq, checkout] of takenBack) {
    const [sold, back] = [owed.get(checkout.seq) ?? 0, owed.get(seq) ?? 0];
    if (sold !== -back) wrong(`checkout ${checkout.id} was refused, and ${sold} of ${-back} taken back`);
    if (sold !== 0 && sold !== checkout.checkout?.totalMinor) wrong(`checkout ${checkout.id} moved ${sold}`);
    backAndForth.add(seq).add(checkout.seq);
  }
  return backAndForth;
}
