// What the store thread and the main thread say to each other, and how much at a time.
import type { RoutingRules } from '../../charging/route.ts';
import type { Traced } from '../../latency/port.ts';
import type { Answer, Command } from './batch.ts';

export interface ThreadData {
  role: 'store';
  /** The database file. */
  path: string;
  /** By which processors checkouts are collected. */
  routing: RoutingRules;
  /** Whether what is done is told, for traces. */
  traces: boolean;
}

export type StoreRequest =
  | { kind: 'call'; command: Command }
  /** After the calls already given: close the database and end. */
  | { kind: 'close' };

export type StoreMessage =
  | { kind: 'ready' }
  | { kind: 'answers'; answers: Answer[] }
  /** These feeds have new rows, durably. */
  | { kind: 'grown'; applianceIds: string[] }
  /** A step of charging has become due, durably. */
  | { kind: 'steps_due' }
  /** What was done on the way of documents, durably; only where traces are asked for. */
  | { kind: 'traced'; traced: Traced[] }
  /** Ledger work could not be written; it is tried again. */
  | { kind: 'disk_trouble'; error: string }
  /** Another process has written: any feed may have grown. */
  | { kind: 'changed_outside' };

export const threadLimits = {
  /** One transaction holds at most so many commands, so that the first of them need not wait long. */
  batchCommandsMax: 64,
  /** A piece of ledger work: what an intake command may have to wait for. */
  pieceEntriesMax: 200,
  /** The ledger begins when intake has been quiet for so long: the next frame of a drain follows its receipt at once. */
  intakeQuietMs: 15,
  /** Under intake without a pause the ledger still gets a piece so often: outcomes free the exposure of the sites. */
  pieceEveryMs: 250,
  diskRetryMs: 1000,
  /** A clock that steps back must not keep a due answer waiting for long. */
  dueLookMsMax: 60_000,
  outsideCheckMs: 500,
} as const;
