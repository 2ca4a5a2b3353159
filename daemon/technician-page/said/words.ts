// What the technician's page says of the box, in words that hold without a colour. Pure: every time here is by the box's clock,
// as the view names it, and none by the phone's.
import type { ExaminedCheck, TechnicianView } from '../../../contract/technician-api.ts';
import { moneyText } from '../../../kiosk/banner.ts';
import { durationWords } from '../../commands/duration-words.ts';

export interface Row {
  name: string;
  words: string;
}

/** What is so, row by row. */
export function rowsOf(view: TechnicianView): Row[] {
  const { status, lanCertificate } = view;
  const { catalogue, policy, certificate } = status;
  return [
    { name: 'Link to central', words: linkWords(view) },
    { name: 'Only on this box', words: queueWords(view) },
    { name: 'Approved offline, no outcome yet', words: exposureWords(view) },
    {
      name: 'Certificate for central',
      words: certificate ? daysWords(certificate.daysLeft) : 'none is known',
    },
    ...(lanCertificate
      ? [{ name: 'Certificate for the network', words: daysWords(lanCertificate.daysLeft) }]
      : []),
    { name: 'Catalogue', words: versionWords(catalogue, `, ${count(catalogue.products)} products`) },
    { name: 'Policy', words: versionWords(policy, '') },
  ];
}

const linkKinds = {
  online: 'up',
  connecting: 'coming up',
  offline: 'down',
  refused: 'refused by central',
} satisfies Record<TechnicianView['status']['link']['kind'], string>;

function linkWords({ nowMs, status: { link, offline } }: TechnicianView): string {
  const left =
    offline.timeLeftMs === null ? '' : `; ${durationWords(offline.timeLeftMs)} of selling offline left`;
  return `${linkKinds[link.kind]} for ${durationWords(nowMs - link.sinceMs)}${left}`;
}

function queueWords({ nowMs, status, unreceived }: TechnicianView): string {
  const { pending } = status.journal;
  if (pending === 0) return 'nothing: central has every entry';
  const { documents, totalMinor, oldestMs, more } = unreceived;
  const amount = money(totalMinor, status.exposure.currency);
  const worth = documents === 0 ? 'without money' : `worth ${more ? 'at least ' : ''}${amount}`;
  const age = oldestMs === null ? '' : `, the oldest ${durationWords(nowMs - oldestMs)} old`;
  return `${count(pending)} ${pending === 1 ? 'entry' : 'entries'} ${worth}${age}`;
}

function exposureWords({ status: { exposure } }: TechnicianView): string {
  const { totalMinor, limitMinor, currency } = exposure;
  const total = money(totalMinor, currency);
  return limitMinor === null ? `${total}, without a limit` : `${total} of ${money(limitMinor, currency)}`;
}

function daysWords(days: number): string {
  if (days < 0) return `ran out ${many(-days, 'day')} ago`;
  return days === 0 ? 'less than a day left' : `${many(days, 'day')} left`;
}

function versionWords({ version, ageMs }: { version: number; ageMs: number | null }, more: string): string {
  if (version === 0) return 'none yet: it comes with the first contact';
  return `version ${version}${more}${ageMs === null ? '' : `, ${durationWords(ageMs)} old`}`;
}

/** Since when; a moment that lies ahead, after the box's clock was set back, is none. */
export function agoWords(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  return ms < 1000 ? 'just now' : `${durationWords(ms)} ago`;
}

export const stateSigns = {
  ok: ['✓', 'OK'],
  warning: ['!', 'Warning'],
  error: ['✗', 'Error'],
  unknown: ['?', 'Not known'],
} as const satisfies Record<ExaminedCheck['state'], readonly [sign: string, word: string]>;

const urgency: readonly ExaminedCheck['state'][] = ['error', 'warning', 'unknown', 'ok'];

/** What somebody must do comes first; among alike the doctor's order stays. */
export function byUrgency(checks: readonly ExaminedCheck[]): ExaminedCheck[] {
  return urgency.flatMap((state) => checks.filter((check) => check.state === state));
}

export function examinedWords(checks: readonly ExaminedCheck[]): string {
  const of = (state: ExaminedCheck['state']) => checks.filter((check) => check.state === state).length;
  if (of('error') + of('warning') === 0) return `All is well: ${many(of('ok'), 'check')}.`;
  return `${many(of('error'), 'error')}, ${many(of('warning'), 'warning')}, ${of('ok')} well.`;
}

/** How long nobody may try a PIN, counted down. */
export function waitWords(seconds: number): string {
  return `Too many wrong PINs. The next one is looked at in ${durationWords(seconds * 1000)}. At the box, holdfast pin set ends the wait.`;
}

function money(minor: number, currency: string | null): string {
  return currency === null ? String(minor) : moneyText(minor, currency);
}

function many(n: number, one: string): string {
  return `${count(n)} ${one}${n === 1 ? '' : 's'}`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
