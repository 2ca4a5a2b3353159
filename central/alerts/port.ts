// What alerts ask of the store.
import type { Page } from '../ledger/page.ts';
import type { By } from '../people/actor.ts';
import type { AlertChanges } from './advance.ts';
import type { Alert, AlertEvent, AlertState, Maintenance, MaintenanceScope } from './words.ts';

export type AlertWithEvents = Alert & { events: AlertEvent[] };

export type AlertSpoken =
  | { kind: 'spoken'; alert: AlertWithEvents }
  | { kind: 'alert_unknown' }
  /** Somebody was faster, or it is well again; as it stands. */
  | { kind: 'alert_not_open'; state: Exclude<AlertState, 'open'>; alert: AlertWithEvents };

export interface AlertFilter {
  /** `standing`: open or acknowledged. */
  state: AlertState | 'standing' | null;
  applianceId: string | null;
  site: string | null;
  cursor: number | null;
  limit: number;
}

/** Something to be mailed. */
/** By the names that the configuration has: those who are always told, and those who are told of what nobody took up. */
export type MailList = 'to' | 'escalateTo';

export interface AlertMail {
  mail: number;
  list: MailList;
  what: 'opened' | 'escalated' | 'cleared';
  alert: Alert;
  atMs: number;
  tries: number;
}

export interface AlertCalls {
  /** Every one that is not cleared, at most so many. */
  standingAlerts(alertsMax: number): Alert[];
  /** What the watch concluded, with what is told of it; `mails`: somebody is mailed. */
  changeAlerts(changes: AlertChanges & { mails: boolean; nowMs: number }): void;
  /** The newest first. */
  alerts(filter: AlertFilter): Page<Alert>;
  alert(number: number): AlertWithEvents | null;
  acknowledgeAlert(said: { number: number; note: string }, by: By): AlertSpoken;
  /** Until then nobody is told more of it. */
  snoozeAlert(said: { number: number; untilMs: number; note: string }, by: By): AlertSpoken;
  createMaintenance(
    window: { scope: MaintenanceScope; fromMs: number; untilMs: number; reason: string },
    by: By,
  ): { kind: 'created'; window: Maintenance } | { kind: 'full' };
  /** The newest first; `holding`: those alone that hold or will. */
  maintenance(filter: { holdingMs: number | null; limit: number }): Maintenance[];
  endMaintenance(
    number: number,
    reason: string,
    by: By,
  ): { kind: 'ended'; window: Maintenance } | { kind: 'window_unknown' } | { kind: 'window_over' };
  mailsDue(due: { nowMs: number; mailsMax: number }): AlertMail[];
  /** `error` null: they went. @returns how many were given up */
  mailsTried(tried: { mails: number[]; error: string | null; nowMs: number }): { givenUp: number };
}

export type AlertPort = {
  [Name in keyof AlertCalls]: (
    ...args: Parameters<AlertCalls[Name]>
  ) => Promise<ReturnType<AlertCalls[Name]>>;
};
