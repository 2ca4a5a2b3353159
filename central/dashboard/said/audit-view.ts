// The audit log as it is asked for, and as a person takes it along. Pure.
import type { AuditRecord } from '../../people/audit.ts';
import { actorName } from './actor.ts';
import { csvText } from './csv.ts';
import { dayAfter, dayStartMs } from './days.ts';

export interface AuditView {
  action: string;
  about: string;
  who: string;
  /** Days in the zone of the screen; the last one is meant with all of it. Empty: without an end. */
  from: string;
  to: string;
}

export function auditQuery({ from, to, ...named }: AuditView, timeZone: string | undefined): URLSearchParams {
  const query = new URLSearchParams(Object.entries(named).filter(([, text]) => text !== ''));
  const fromMs = dayStartMs(from, timeZone);
  const untilMs = dayStartMs(to, timeZone) === null ? null : dayStartMs(dayAfter(to), timeZone);
  if (fromMs !== null) query.set('fromMs', String(fromMs));
  if (untilMs !== null) query.set('untilMs', String(untilMs));
  return query;
}

const head = ['number', 'at', 'who', 'from', 'action', 'about', 'detail', 'hash'];

export function auditCsv(records: readonly AuditRecord[]): string {
  const lines = records.map(({ number, atMs, actor, action, about, detail, hash }) => [
    number,
    new Date(atMs).toISOString(),
    actorName(actor),
    'from' in actor ? actor.from : '',
    action,
    about,
    JSON.stringify(detail),
    hash,
  ]);
  return csvText([head, ...lines]);
}
