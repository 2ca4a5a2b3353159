// The appliance's state for a person to read: the running daemon's own word, or what its files say. Pure.
import type { Status } from '../../contract/kiosk-api.ts';
import { decimalText } from '../../contract/money.ts';
import { serviceLine } from '../service-line.ts';
import type { AtRest } from '../store/at-rest.ts';
import { durationWords } from './duration-words.ts';

export function runningWords(status: Status, nowMs: number): string {
  const {
    applianceId,
    release,
    link,
    journal,
    catalogue,
    policy,
    certificate,
    exposure,
    offline,
    conditions,
  } = status;
  const limit = exposure.limitMinor === null ? '' : ` of ${money(exposure.limitMinor, exposure.currency)}`;
  const left =
    offline.timeLeftMs === null ? '' : `, ${durationWords(offline.timeLeftMs)} of selling offline left`;
  return [
    `${applianceId} (holdfast ${release}): ${serviceLine(status)}`,
    row('link', `${link.kind} for ${durationWords(nowMs - link.sinceMs)}${left}`),
    row('journal', `${count(journal.lastSeq)} entries, ${count(journal.pending)} unreceived by central`),
    row('exposure', `${money(exposure.totalMinor, exposure.currency)}${limit}`),
    row('catalogue', versionWords(catalogue, `, ${count(catalogue.products)} products`)),
    row('policy', versionWords(policy, '')),
    ...(certificate ? [row('certificate', certificateWords(certificate.daysLeft))] : []),
    ...conditions.flatMap(({ code, hint, sinceMs }) => [
      row('condition', `${code}${sinceMs > 0 ? `, for ${durationWords(nowMs - sinceMs)}` : ''}`),
      row('', hint),
    ]),
  ].join('\n');
}

export function stoppedWords(applianceId: string, why: string, atRest: AtRest | null, nowMs: number): string {
  const head = `${applianceId}: ${why}`;
  if (!atRest) return `${head}\n${row('journal', 'none yet')}`;
  const { lastSeq, receivedThrough, exposureMinor, unreceived, currency, lastEntryMs } = atRest;
  const newest = lastEntryMs === null ? '' : `, the newest ${durationWords(nowMs - lastEntryMs)} old`;
  return [
    head,
    row('journal', `${count(lastSeq)} entries${newest}`),
    row(
      'unreceived',
      `${count(lastSeq - receivedThrough)} entries, ${count(unreceived.documents)} of them with money: ${money(unreceived.totalMinor, currency)}`,
    ),
    row('exposure', money(exposureMinor, currency)),
  ].join('\n');
}

export function inDoubtRow(entries: number): string {
  return row('in doubt', `${count(entries)} entries of a damaged journal that was set aside`);
}

/** Such as `5.00 GBP`; without a currency, when nothing was sold yet, the bare number. */
export function money(minor: number, currency: string | null): string {
  return currency === null ? String(minor) : `${decimalText(minor, currency)} ${currency}`;
}

function certificateWords(daysLeft: number): string {
  return daysLeft < 0 ? `ran out ${-daysLeft} days ago` : `another ${daysLeft} days`;
}

function versionWords({ version, ageMs }: { version: number; ageMs: number | null }, more: string): string {
  if (version === 0) return 'none yet: it comes with the first contact';
  return `version ${version}${more}${ageMs === null ? '' : `, ${durationWords(ageMs)} old`}`;
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(12)}${text}`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
