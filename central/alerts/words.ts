// What an alert is: what it is about, what state it is in, and who may do what with it.
import type { Actor } from '../people/actor.ts';

export type Severity = 'warning' | 'critical';

/** What one look found wrong. The rule and the subject name it: there is one open alert of both at most. */
export interface Finding {
  /** A rule's name, or `condition:` and what a box names. */
  rule: string;
  /** `appliance leeds-1`, `site leeds`, `fleet` or `central`. */
  subject: string;
  site: string | null;
  /** The boxes it is about: one, or those that are grouped; none of central's own. */
  members: readonly string[];
  severity: Severity;
  /** For a person, in one line. */
  words: string;
  /** `fair`: better than what opens an alert, and not good enough to clear one. */
  level: 'bad' | 'fair';
  /** For how long it was bad beyond what its rule asks (ripen.ts). */
  overMs?: number;
}

export type AlertState = 'open' | 'acknowledged' | 'cleared';

export interface Alert {
  number: number;
  rule: string;
  subject: string;
  site: string | null;
  severity: Severity;
  words: string;
  state: AlertState;
  openedMs: number;
  /** Of nobody's interest until then; null: it was not put off. */
  snoozedUntilMs: number | null;
  escalatedMs: number | null;
  clearedMs: number | null;
  /** The first ones, by their ids; `membersCount` says how many there are. */
  members: string[];
  membersCount: number;
}

export interface AlertEvent {
  kind: 'opened' | 'acknowledged' | 'snoozed' | 'escalated' | 'cleared';
  actor: Actor;
  note: string;
  atMs: number;
}

/** Of a thousand boxes, the first are enough to know which. */
export const membersShownMax = 1000;

export const alertKey = ({ rule, subject }: Pick<Finding, 'rule' | 'subject'>) => `${rule} ${subject}`;

export type MaintenanceScope =
  | { kind: 'all' }
  | { kind: 'site'; site: string }
  | { kind: 'appliance'; applianceId: string };

export interface Maintenance {
  number: number;
  scope: MaintenanceScope;
  fromMs: number;
  untilMs: number;
  reason: string;
  by: Actor;
  /** Ended before its time. */
  endedMs: number | null;
}

export function holdsAt({ fromMs, untilMs, endedMs }: Maintenance, nowMs: number): boolean {
  return fromMs <= nowMs && nowMs < (endedMs ?? untilMs);
}
