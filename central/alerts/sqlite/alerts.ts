// Alerts in the database. What is told of a change is written in its transaction.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Actor, By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { OutboundType, Tell } from '../../webhooks/outbound.ts';
import type { AlertCalls, AlertMail, AlertSpoken, AlertWithEvents } from '../port.ts';
import { type Alert, type AlertEvent, type Finding, membersShownMax } from '../words.ts';

type AlertTable = Pick<
  AlertCalls,
  'standingAlerts' | 'changeAlerts' | 'alerts' | 'alert' | 'acknowledgeAlert' | 'snoozeAlert'
>;
type Row = Omit<Alert, 'members'> & { members: string };

export const alertColumns = `alert.number, alert.rule, alert.subject, alert.site, alert.severity, alert.words, alert.state,
  alert.opened_ms AS openedMs, alert.snoozed_until_ms AS snoozedUntilMs, alert.escalated_ms AS escalatedMs,
  alert.cleared_ms AS clearedMs, alert.members, alert.members_count AS membersCount`;

export function createAlertTable(
  db: Database.Database,
  parts: { audit: Audit; tell: Tell; mail(alert: number, what: AlertMail['what'], nowMs: number): void },
): AlertTable {
  const { audit, tell, mail } = parts;
  const one = db.prepare<[number], Row>(`SELECT ${alertColumns} FROM alert WHERE number = ?`);
  const standing = db.prepare<[number], Row>(
    `SELECT ${alertColumns} FROM alert WHERE state <> 'cleared' ORDER BY number LIMIT ?`,
  );
  const page = db.prepare<object, Row>(
    `SELECT ${alertColumns} FROM alert WHERE number < @before
       AND (@state IS NULL OR state = @state OR (@state = 'standing' AND state <> 'cleared'))
       AND (@site IS NULL OR site = @site)
       AND (@applianceId IS NULL OR EXISTS (SELECT 1 FROM json_each(members) WHERE value = @applianceId))
     ORDER BY number DESC LIMIT @rows`,
  );
  const insert = db.prepare(
    `INSERT INTO alert (rule, subject, site, severity, words, state, opened_ms, members, members_count)
     VALUES (@rule, @subject, @site, @severity, @words, 'open', @nowMs, @members, @membersCount) ON CONFLICT DO NOTHING`,
  );
  const alter = db.prepare(
    `UPDATE alert SET severity = @severity, words = @words, members = @members, members_count = @membersCount
     WHERE number = @number AND state <> 'cleared'`,
  );
  const setState = db.prepare('UPDATE alert SET state = ? WHERE number = ?');
  const clear = db.prepare(
    `UPDATE alert SET state = 'cleared', cleared_ms = ? WHERE number = ? AND state <> 'cleared'`,
  );
  const escalate = db.prepare(`UPDATE alert SET escalated_ms = ? WHERE number = ? AND state = 'open'`);
  const snooze = db.prepare('UPDATE alert SET snoozed_until_ms = ?, escalated_ms = NULL WHERE number = ?');
  const events = db.prepare<[number], Omit<AlertEvent, 'actor'> & { actor: string }>(
    'SELECT kind, actor, note, at_ms AS atMs FROM alert_event WHERE alert = ? ORDER BY number',
  );
  const addEvent = db.prepare(
    `INSERT INTO alert_event (alert, number, kind, actor, note, at_ms)
     SELECT @alert, 1 + count(*), @kind, @actor, @note, @atMs FROM alert_event WHERE alert = @alert`,
  );

  const write = (alert: number, kind: AlertEvent['kind'], note: string, by: By) =>
    addEvent.run({ alert, kind, actor: JSON.stringify(by.actor), note, atMs: by.nowMs });
  const find = (number: number): Alert => alertOf(present(one.get(number), 'the alert'));
  const withEvents = (number: number): AlertWithEvents => ({
    ...find(number),
    events: events.all(number).map((row) => ({ ...row, actor: JSON.parse(row.actor) as Actor })),
  });
  const toldOf = (type: OutboundType, number: number, nowMs: number) => {
    const { members, state: _, ...alert } = find(number);
    tell(type, `alert ${number}`, { ...alert, members: members.slice(0, 100) }, nowMs);
  };

  function changed(
    number: number,
    kind: 'opened' | 'escalated' | 'cleared',
    note: string,
    how: { mails: boolean; nowMs: number },
  ) {
    const { rule, snoozedUntilMs } = find(number);
    const { nowMs } = how;
    write(number, kind, note, { actor: { kind: 'central', rule: `alerts.${rule}` }, nowMs });
    toldOf(`alert.${kind}`, number, nowMs);
    // Whoever put it off is not called back to hear that it is over.
    if (how.mails && (snoozedUntilMs ?? 0) <= nowMs) mail(number, kind, nowMs);
  }

  function speak(number: number, say: (alert: Alert) => void): AlertSpoken {
    const row = one.get(number);
    if (!row) return { kind: 'alert_unknown' };
    if (row.state === 'cleared')
      return { kind: 'alert_not_open', state: 'cleared', alert: withEvents(number) };
    say(alertOf(row));
    return { kind: 'spoken', alert: withEvents(number) };
  }

  return {
    standingAlerts: (alertsMax) => standing.all(alertsMax).map(alertOf),
    changeAlerts({ opened, altered, escalated, cleared, ...how }) {
      for (const { number, note } of cleared) {
        if (clear.run(how.nowMs, number).changes > 0) changed(number, 'cleared', note, how);
      }
      for (const finding of opened) {
        const { changes, lastInsertRowid } = insert.run({ ...written(finding), nowMs: how.nowMs });
        if (changes > 0) changed(Number(lastInsertRowid), 'opened', finding.words, how);
      }
      for (const { number, finding } of altered) alter.run({ ...written(finding), number });
      for (const { number, note } of escalated) {
        if (escalate.run(how.nowMs, number).changes > 0) changed(number, 'escalated', note, how);
      }
    },
    alerts({ cursor, limit, ...filter }) {
      const rows = page.all({ ...filter, before: cursor ?? Number.MAX_SAFE_INTEGER, rows: limit + 1 });
      const items = rows.slice(0, limit).map(alertOf);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    alert: (number) => (one.get(number) ? withEvents(number) : null),
    acknowledgeAlert({ number, note }, by) {
      const row = one.get(number);
      if (row?.state === 'acknowledged') {
        return { kind: 'alert_not_open', state: 'acknowledged', alert: withEvents(number) };
      }
      return speak(number, ({ rule, subject }) => {
        setState.run('acknowledged', number);
        write(number, 'acknowledged', note, by);
        audit(by, 'alert.acknowledge', `alert ${number}`, { rule, subject, note });
        toldOf('alert.acknowledged', number, by.nowMs);
      });
    },
    snoozeAlert: ({ number, untilMs, note }, by) =>
      speak(number, ({ rule, subject }) => {
        snooze.run(untilMs, number);
        write(number, 'snoozed', note, by);
        audit(by, 'alert.snooze', `alert ${number}`, { rule, subject, untilMs, note });
      }),
  };
}

export function alertOf(row: Row): Alert {
  return { ...row, members: JSON.parse(row.members) as string[] };
}

function written({ rule, subject, site, severity, words, members }: Finding) {
  const shown = JSON.stringify(members.slice(0, membersShownMax));
  return { rule, subject, site, severity, words, members: shown, membersCount: members.length };
}
