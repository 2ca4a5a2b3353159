// Which of the entries that could be read are the ones that were written: the chain of hashes proves it, each link by the
// one before. Pure.
import { chainHash, genesisHash } from '../../../contract/hash.ts';
import type { Found, StoredEntry } from './readable.ts';

export type Judged =
  /** It follows from the entry before, which was proven as well. */
  | { kind: 'proven'; entry: StoredEntry }
  /** The entry before cannot be read: this one cannot be proven, and nothing speaks against it. */
  | { kind: 'unproven'; entry: StoredEntry }
  /** Its body, or its hash, is not what was written. */
  | { kind: 'altered'; entry: StoredEntry }
  | { kind: 'missing'; seq: number }
  | { kind: 'unreadable'; seq: number };

/**
 * @param found each seq once, in order
 * @param first what the first of them must follow from; null: not known
 * @param others what else was read at a seq, where the first reading is not what was written
 * @returns one for each, in the same order
 */
export function* judgeChain(
  found: Iterable<Found>,
  first: Uint8Array | null = genesisHash,
  others: (seq: number) => readonly StoredEntry[] = () => [],
): Generator<Judged> {
  // What the next one must follow from; null after one that cannot be read.
  let before = first;
  let held: StoredEntry | null = null;
  for (const one of found) {
    const next = one.kind === 'entry' ? one : (otherOf(one, others) ?? one);
    if (held !== null) {
      const { judged, hash } = judgeWith(others, before, held, next.kind === 'entry' ? next.entry : null);
      yield judged;
      before = hash;
      held = null;
    }
    if (next.kind === 'entry') held = next.entry;
    else {
      yield next;
      before = null;
    }
  }
  if (held !== null) yield judgeWith(others, before, held, null).judged;
}

function otherOf({ seq }: { seq: number }, others: (seq: number) => readonly StoredEntry[]): Found | null {
  const [entry] = others(seq);
  return entry ? { kind: 'entry', entry } : null;
}

type Judgement = ReturnType<typeof judge>;

/** By the first reading, unless another one is proven and that is not. */
function judgeWith(
  others: (seq: number) => readonly StoredEntry[],
  before: Uint8Array | null,
  entry: StoredEntry,
  behind: StoredEntry | null,
): Judgement {
  const judgement = judge(before, entry, behind);
  if (judgement.judged.kind !== 'altered') return judgement;
  const judgements = others(entry.seq).map((other) => judge(before, other, behind));
  return judgements.find(({ judged }) => judged.kind === 'proven') ?? judgement;
}

/** One entry, with its neighbours: what is wrong may be its hash alone, and then the entry behind it bears it out. */
function judge(
  before: Uint8Array | null,
  entry: StoredEntry,
  behind: StoredEntry | null,
): { judged: Judged; hash: Uint8Array } {
  if (before === null) return { judged: { kind: 'unproven', entry }, hash: entry.hash };
  const hash = chainHash(before, entry.seq, entry.body);
  const borneOut = behind !== null && chainHash(hash, behind.seq, behind.body).equals(behind.hash);
  if (hash.equals(entry.hash) || borneOut) return { judged: { kind: 'proven', entry }, hash };
  return { judged: { kind: 'altered', entry }, hash: entry.hash };
}
