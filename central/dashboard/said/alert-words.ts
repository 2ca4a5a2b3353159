// Alerts in words and in the order in which a person takes them up. Pure.
import type { Alert, AlertEvent, Maintenance } from '../../alerts/words.ts';
import { plainWords, type Tone } from './words.ts';

export const alertStateWords: Record<Alert['state'], { words: string; tone: Tone }> = {
  open: { words: 'Open', tone: 'bad' },
  acknowledged: { words: 'Taken up', tone: 'warn' },
  cleared: { words: 'Well again', tone: 'quiet' },
};

export const severityWords: Record<Alert['severity'], { words: string; tone: Tone }> = {
  critical: { words: 'Critical', tone: 'bad' },
  warning: { words: 'Warning', tone: 'warn' },
};

/** `condition:stock_low` is `Stock low`. */
export function causeWords(rule: string): string {
  return plainWords(rule.split(':').at(-1) ?? rule);
}

/** What it is about: a box, all of a site, the fleet, or central. */
export function subjectWords({ subject, membersCount }: Pick<Alert, 'subject' | 'membersCount'>): string {
  const [kind = '', ...name] = subject.split(' ');
  switch (kind) {
    case 'appliance':
      return name.join(' ');
    case 'site':
      return `${name.join(' ')}, ${membersCount} boxes`;
    case 'fleet':
      return `${membersCount} boxes of the fleet`;
    default:
      return plainWords(kind);
  }
}

const waits = ({ snoozedUntilMs }: Alert, nowMs: number) => (snoozedUntilMs ?? 0) > nowMs;

/** Open ones first, then what is put off, then what somebody has; critical before others, and the newest before older ones. */
export function inTurn(alerts: readonly Alert[], nowMs: number): Alert[] {
  const turn = (alert: Alert) =>
    (alert.state === 'open' ? 0 : 4) +
    (waits(alert, nowMs) ? 2 : 0) +
    (alert.severity === 'critical' ? 0 : 1);
  return [...alerts].sort((a, b) => turn(a) - turn(b) || b.openedMs - a.openedMs);
}

export const alertEventWords: Record<AlertEvent['kind'], string> = {
  opened: 'Opened',
  acknowledged: 'Taken up',
  snoozed: 'Put off',
  escalated: 'Escalated',
  cleared: 'Well again',
};

export function scopeWords(scope: Maintenance['scope']): string {
  switch (scope.kind) {
    case 'all':
      return 'The whole fleet';
    case 'site':
      return `Site ${scope.site}`;
    case 'appliance':
      return scope.applianceId;
  }
}

export const hourMs = 3_600_000;
/** For how long something is put off, or nobody is called. */
export const spans = [
  ['1', '1 hour'],
  ['4', '4 hours'],
  ['12', '12 hours'],
  ['24', '1 day'],
  ['168', '7 days'],
] as const;
