// The independent model of a journal that goes on from another one: where each of its entries stood before, what it says it has
// lost, and that central has in doubt exactly that, less what it had received. Shares no code with the product.
import type Database from 'better-sqlite3';

type Wrong = (text: string) => void;

export interface Received {
  /** Of the journal at central. */
  journal: number;
  journalId: string;
  seq: number;
  body: Buffer;
}

interface SalvageBody {
  kind: string;
  fromJournalId?: string;
  lastSeq: number;
  carried: number;
  lost: { firstSeq: number; lastSeq: number }[];
  altered: { firstSeq: number; lastSeq: number }[];
  slipsSkipped?: { first: number; last: number };
}

export interface Salvaged {
  fromJournalId: string | undefined;
  /** Where a carried entry stood in the other journal, by its seq in this one; undefined: it is new. */
  originOf(seq: number): number | undefined;
  /** Seqs of the other journal that are in doubt. */
  inDoubt: ReadonlySet<number>;
  /** Slip numbers that may be missing at most. */
  slipsMissingMax: number;
}

/** What the first entry of a journal says of another one; null where it began by itself. */
export function readSalvage(bodies: readonly Buffer[], wrong: Wrong): Salvaged | null {
  const [first] = bodies;
  const said = first ? (JSON.parse(first.toString()) as SalvageBody) : null;
  if (said?.kind !== 'salvage') return null;
  const inDoubt = new Set<number>();
  for (const { firstSeq, lastSeq } of [...said.lost, ...said.altered])
    for (let seq = firstSeq; seq <= lastSeq; seq++) inDoubt.add(seq);
  const origins: number[] = [];
  for (let seq = 1; seq <= said.lastSeq; seq++) if (!inDoubt.has(seq)) origins.push(seq);
  if (origins.length !== said.carried)
    wrong(`a salvage carries ${said.carried} of ${said.lastSeq} and names ${inDoubt.size} in doubt`);
  if (said.carried > bodies.length - 1) wrong(`a salvage carries ${said.carried}, its journal has fewer`);
  const { first: from = 1, last: to = 0 } = said.slipsSkipped ?? {};
  return {
    ...{ fromJournalId: said.fromJournalId, inDoubt },
    originOf: (seq) => origins[seq - 2],
    slipsMissingMax: inDoubt.size + Math.max(0, to - from + 1),
  };
}

/** Central has in doubt what it never received of what was lost, and what it received of the rest is what was carried. */
export function checkDoubts(
  central: Database.Database,
  received: readonly Received[],
  bodies: readonly Buffer[],
  { fromJournalId, originOf, inDoubt }: Salvaged,
  wrong: Wrong,
): void {
  const before = new Map(
    received.filter((one) => one.journalId === fromJournalId).map(({ seq, body }) => [seq, body]),
  );
  bodies.forEach((body, i) => {
    const origin = originOf(i + 1);
    const there = origin === undefined ? undefined : before.get(origin);
    if (there && !there.equals(body))
      wrong(`entry ${origin} was carried over as another one than was received`);
  });
  const named = new Set<number>();
  const rows = central
    .prepare<[], { first: number; last: number }>(
      "SELECT first_seq AS first, last_seq AS last FROM doubt WHERE kind IN ('lost', 'altered')",
    )
    .all();
  for (const { first, last } of rows) for (let seq = first; seq <= last; seq++) named.add(seq);
  const expected = new Set([...inDoubt].filter((seq) => !before.has(seq)));
  for (const seq of expected)
    if (!named.has(seq)) wrong(`seq ${seq} is nowhere, and central has it in no doubt`);
  for (const seq of named) if (!expected.has(seq)) wrong(`central doubts seq ${seq} for no reason`);
}
