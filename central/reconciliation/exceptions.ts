// An exception as people see it, what they may do with it, and when they may not: pure.
import type { Posting } from '../ledger/postings.ts';
import type { AmountAtStake } from '../people/second-person.ts';
import type { Status } from './placing.ts';

/** Differences between the appliances' journals and what was collected for them. */
export const journalStatuses = ['not_collected', 'collected_differs', 'collected_unasked'] as const;
export type JournalStatus = (typeof journalStatuses)[number];
export type ExceptionStatus = Exclude<Status, 'matched' | 'expected'> | JournalStatus;

/** One row that an exception is about. */
export interface ExceptionRow {
  side: 'journal' | 'ledger' | 'report' | 'payout' | 'bank';
  reference: string;
  amountMinor: number;
  currency: string;
  atMs: number;
  /** Of reports and statements: the file, and the line in it. */
  file: number | null;
  line: number | null;
}

export const settledAs = ['gone', 'accepted', 'corrected', 'received', 'split', 'merged'] as const;

export interface ExceptionView {
  ref: number;
  status: ExceptionStatus;
  processor: string;
  reference: string;
  currency: string;
  amountMinor: number;
  differenceMinor: number | null;
  state: 'open' | 'settled';
  settledAs: (typeof settledAs)[number] | null;
  owner: string | null;
  sinceMs: number;
  openedMs: number;
  chaseDueMs: number | null;
  settledMs: number | null;
  mergedInto: number | null;
  splitFrom: number | null;
  /** What waits for a second person. */
  proposal: ExceptionProposal | null;
  /** The first of its rows. */
  rows: ExceptionRow[];
  rowsCount: number;
}

export interface ExceptionProposal {
  /** Of the proposal itself: another one has another number. */
  number: number;
  action: SettlingAction['kind'];
  who: string;
  note: string;
  atMs: number;
}

export interface ExceptionEvent {
  atMs: number;
  who: string;
  action: string;
  note: string;
  detail: Record<string, unknown>;
}

export interface ExceptionWithHistory extends ExceptionView {
  history: ExceptionEvent[];
  /** Exceptions that were merged into it, and those it was split into. */
  merged: number[];
  parts: number[];
}

export interface ExceptionFilter {
  state: 'open' | 'settled' | null;
  status: string | null;
  processor: string | null;
  owner: string | null;
  cursor: number | null;
  limit: number;
}

/** By which one person decides about money: above the limit another one confirms it. */
export type SettlingAction =
  /** It is what it is: nothing is posted. */
  | { kind: 'accept' }
  | { kind: 'correct'; postings: Posting[] }
  /** What was missing has come some other way. */
  | { kind: 'received' };

/** Every action has its note: whoever reads the history later must learn why. */
export type ExceptionAction = { note: string } & (
  | SettlingAction
  | { kind: 'assign'; owner: string | null }
  | { kind: 'note' }
  /** The second person's word on a proposal, by the number that they have seen. */
  | { kind: 'confirm'; proposal: number }
  /** Nobody confirms it any more. */
  | { kind: 'withdraw'; proposal: number }
  /** The processor is asked about it, and should have answered by then. */
  | { kind: 'chase'; dueMs: number }
  | { kind: 'split'; parts: { amountMinor: number; owner: string | null }[] }
  | { kind: 'merge'; into: number }
);

export type ActionRefused =
  | 'note_missing'
  | 'exception_settled'
  | 'exception_not_missing'
  | 'proposal_unknown'
  | 'due_in_the_past'
  | 'postings_unbalanced'
  | 'parts_do_not_add_up'
  | 'merge_not_possible';

export const actionHints: Record<ActionRefused, string> = {
  note_missing: 'note: say why, in up to 2000 characters.',
  exception_settled: 'It is settled already: only notes can be added.',
  exception_not_missing:
    'Only what is missing or not collected can be marked as received; accept it or correct it.',
  proposal_unknown:
    'proposal: it was withdrawn, replaced or confirmed, or the exception has changed since; read it again.',
  due_in_the_past: 'due: name a moment that is still to come.',
  postings_unbalanced:
    'postings: 2 to 20 lines, none of zero, that sum to zero in every currency; debit above zero, credit below.',
  parts_do_not_add_up: 'parts: 2 to 20 amounts of the same sign that add up to the amount of the exception.',
  merge_not_possible: 'into: name another open exception of the same processor and currency.',
};

export type ExceptionActed =
  | { kind: 'done'; exception: ExceptionView }
  /** Waits for a second person. */
  | { kind: 'proposed'; exception: ExceptionView }
  /** Who proposed it cannot be the second one. */
  | { kind: 'second_person_needed' }
  | { kind: 'refused'; code: ActionRefused; hint: string }
  | { kind: 'unknown' };

/** Decides about money: above the limit it needs a second person. */
export function isSettling<Of extends { kind: ExceptionAction['kind'] }>(
  action: Of,
): action is Extract<Of, SettlingAction> {
  return action.kind === 'accept' || action.kind === 'correct' || action.kind === 'received';
}

/** What the action is about: the whole of the exception, and what a correction moves. */
export function atStake(whole: AmountAtStake, action: SettlingAction): AmountAtStake[] {
  if (action.kind !== 'correct') return [whole];
  const debits = new Map<string, bigint>();
  for (const { currency, amountMinor } of action.postings) {
    if (amountMinor > 0) debits.set(currency, (debits.get(currency) ?? 0n) + BigInt(amountMinor));
  }
  return [whole, ...[...debits].map(([currency, amountMinor]) => ({ currency, amountMinor }))];
}

export const noteCharsMax = 2000;
const linesMax = 20;

/** Whether the action may be done; `into` is the exception that a merge names. */
export function judgeAction(
  exception: ExceptionView,
  action: ExceptionAction,
  { into, nowMs }: { into: ExceptionView | null; nowMs: number },
): ActionRefused | null {
  const { note } = action;
  if (note.trim() === '' || note.length > noteCharsMax) return 'note_missing';
  if (action.kind === 'note') return null;
  if (exception.state === 'settled') return 'exception_settled';
  switch (action.kind) {
    case 'assign':
    case 'accept':
      return null;
    case 'received':
      return ['missing', 'not_collected'].includes(exception.status) ? null : 'exception_not_missing';
    case 'chase':
      return action.dueMs > nowMs ? null : 'due_in_the_past';
    case 'confirm':
    case 'withdraw':
      return action.proposal === exception.proposal?.number ? null : 'proposal_unknown';
    case 'correct':
      return isBalanced(action.postings) ? null : 'postings_unbalanced';
    case 'split':
      return addUp(action.parts, exception.amountMinor) ? null : 'parts_do_not_add_up';
    case 'merge':
      return into !== null && mayMerge(exception, into) ? null : 'merge_not_possible';
  }
}

function isBalanced(postings: readonly Posting[]): boolean {
  if (postings.length < 2 || postings.length > linesMax) return false;
  const sums = new Map<string, bigint>();
  for (const { currency, amountMinor } of postings) {
    if (amountMinor === 0) return false;
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amountMinor));
  }
  return [...sums.values()].every((sum) => sum === 0n);
}

function addUp(parts: readonly { amountMinor: number }[], amountMinor: number): boolean {
  if (parts.length < 2 || parts.length > linesMax) return false;
  if (parts.some((part) => Math.sign(part.amountMinor) !== Math.sign(amountMinor))) return false;
  return parts.reduce((sum, part) => sum + BigInt(part.amountMinor), 0n) === BigInt(amountMinor);
}

function mayMerge(exception: ExceptionView, into: ExceptionView): boolean {
  return (
    into.ref !== exception.ref &&
    into.state === 'open' &&
    into.processor === exception.processor &&
    into.currency === exception.currency
  );
}
