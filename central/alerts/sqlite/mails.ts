// What is to be mailed of alerts, and what became of it.
import type Database from 'better-sqlite3';
import { mailDelayMs } from '../mail-retries.ts';
import type { AlertCalls, AlertMail } from '../port.ts';
import { alertColumns, alertOf } from './alerts.ts';

export interface MailTable extends Pick<AlertCalls, 'mailsDue' | 'mailsTried'> {
  /** Within the caller's transaction. */
  add(alert: number, what: AlertMail['what'], nowMs: number): void;
}

type Row = Parameters<typeof alertOf>[0] & Omit<AlertMail, 'alert'>;

export function createMailTable(db: Database.Database): MailTable {
  const insert = db.prepare(
    'INSERT INTO alert_mail (alert, list, what, at_ms, due_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const due = db.prepare<[number, number], Row>(
    `SELECT mail.number AS mail, mail.list, mail.what, mail.at_ms AS atMs, mail.tries, ${alertColumns}
     FROM alert_mail mail JOIN alert ON alert.number = mail.alert WHERE mail.due_ms <= ? ORDER BY mail.number LIMIT ?`,
  );
  const triesOf = db.prepare<[number], number>('SELECT tries FROM alert_mail WHERE number = ?').pluck();
  const tried = db.prepare('UPDATE alert_mail SET tries = ?, due_ms = ?, error = ? WHERE number = ?');
  return {
    add(alert, what, nowMs) {
      insert.run(alert, 'to', what, nowMs, nowMs);
      if (what === 'escalated') insert.run(alert, 'escalateTo', what, nowMs, nowMs);
    },
    mailsDue: ({ nowMs, mailsMax }) =>
      due.all(nowMs, mailsMax).map(({ mail, list, what, atMs, tries, ...alert }) => ({
        ...{ mail, list, what, atMs, tries },
        alert: alertOf(alert),
      })),
    mailsTried({ mails, error, nowMs }) {
      let givenUp = 0;
      for (const number of mails) {
        const tries = (triesOf.get(number) ?? 0) + 1;
        const delayMs = error === null ? null : mailDelayMs(tries);
        if (error !== null && delayMs === null) givenUp++;
        tried.run(tries, delayMs === null ? null : nowMs + delayMs, error, number);
      }
      return { givenUp };
    },
  };
}
