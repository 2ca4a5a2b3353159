// What the box does next for the release that central wishes it to run. Pure.
import type { ReleaseWish } from '../store/release-wish.ts';
import type { Launched } from './launch.ts';
import { freeSlot, type Slot, type Slots } from './slots.ts';

export interface ReleaseFacts {
  wish: ReleaseWish | null;
  slots: Slots;
  launched: Launched;
  /** What is running now. */
  release: string;
  /** By the policy; null: it names no opening hours. */
  open: boolean | null;
  /** Checkouts whose kiosks have no answer yet. */
  inFlight: number;
  /** Since a kiosk last submitted something. */
  quietMs: number;
  /** Changed over only after as much. */
  quietMsMin: number;
}

export type ReleaseStep =
  | { kind: 'nothing' }
  /** What was wished is what runs. */
  | { kind: 'arrived' }
  | { kind: 'refuse'; reason: 'older_than_running' }
  | { kind: 'fetch'; slot: Slot; release: string }
  /** It lies in the slot; the moment has not come. */
  | { kind: 'wait'; reason: 'shop_open' | 'kiosks_at_work' }
  | { kind: 'try'; slot: Slot }
  | { kind: 'go_back'; to: 'package' | Slot };

export function nextStep(facts: ReleaseFacts): ReleaseStep {
  const { wish, slots, launched, release } = facts;
  if (wish === null || slots.trial !== null) return { kind: 'nothing' };
  const { ended } = slots;
  if (ended?.rollout === wish.rollout && ended.returns === wish.returns) return { kind: 'nothing' };
  const wanted = wish.release ?? launched.packageRelease;
  if (wanted === release) return { kind: 'arrived' };
  if (!wish.returns && compareReleases(wanted, release) < 0)
    return { kind: 'refuse', reason: 'older_than_running' };
  const there = placeOf(wanted, slots, launched);
  if (there === null) return { kind: 'fetch', slot: freeSlot(slots), release: wanted };
  const wait = reasonToWait(facts, wish);
  if (wait) return { kind: 'wait', reason: wait };
  if (wish.returns || there === 'package') return { kind: 'go_back', to: there };
  return { kind: 'try', slot: there };
}

function placeOf(wanted: string, slots: Slots, { packageRelease }: Launched): 'package' | Slot | null {
  if (wanted === packageRelease) return 'package';
  if (slots.a?.release === wanted) return 'a';
  return slots.b?.release === wanted ? 'b' : null;
}

function reasonToWait({ open, inFlight, quietMs, quietMsMin }: ReleaseFacts, { anyHour }: ReleaseWish) {
  if (open === true && !anyHour) return 'shop_open';
  // A kiosk may wait for central longer than it has been quiet.
  return inFlight > 0 || quietMs < quietMsMin ? 'kiosks_at_work' : null;
}

/** Semantic versioning 2.0.0 §11, as far as our names go. */
export function compareReleases(a: string, b: string): number {
  const [coreA = '', preA] = split(a);
  const [coreB = '', preB] = split(b);
  const byCore = comparePieces(coreA.split('.'), coreB.split('.'));
  if (byCore !== 0) return byCore;
  // One that is not finished comes before the one that is.
  if (preA === undefined || preB === undefined) return preA === preB ? 0 : preA === undefined ? 1 : -1;
  return comparePieces(preA.split('.'), preB.split('.'));
}

function split(name: string): [string, string | undefined] {
  const at = name.indexOf('-');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

function comparePieces(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = comparePiece(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePiece(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const numbers = [a, b].map((piece) => /^\d+$/.test(piece));
  if (numbers[0] && numbers[1]) return Math.sign(Number(a) - Number(b));
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
