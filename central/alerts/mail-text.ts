// What a mail says: one alert by itself, many as a list with the worst first. Pure.
import { momentWords } from '../commands/moment.ts';
import type { AlertMail } from './port.ts';
import type { Severity } from './words.ts';

export interface MailText {
  subject: string;
  text: string;
}

/** In one mail; the rest is counted. */
const listedMax = 100;
const subjectCharsMax = 150;

const whatWords: Record<AlertMail['what'], string> = {
  opened: 'new',
  escalated: 'nobody acknowledged',
  cleared: 'cleared',
};
const ranks: Record<AlertMail['what'], number> = { escalated: 0, opened: 1, cleared: 2 };
const severities: Record<Severity, number> = { critical: 0, warning: 1 };

export function mailText(mails: readonly AlertMail[]): MailText {
  const sorted = [...mails].sort(
    (a, b) =>
      ranks[a.what] - ranks[b.what] ||
      severities[a.alert.severity] - severities[b.alert.severity] ||
      a.alert.number - b.alert.number,
  );
  const [first] = sorted;
  const subject = first !== undefined && sorted.length === 1 ? subjectOf(first) : digestSubject(sorted);
  const listed = sorted.slice(0, listedMax).flatMap(linesOf);
  const more = sorted.length - listedMax;
  const end = ['Take one up:  holdfast-central alert acknowledge NUMBER --note "…" --config central.toml'];
  if (more > 0) end.unshift(`and ${more} more:  holdfast-central alert list --config central.toml`, '');
  return { subject: oneLine(subject, subjectCharsMax), text: `${[...listed, ...end].join('\n')}\n` };
}

function subjectOf({ what, alert }: AlertMail): string {
  return `[Holdfast] ${alert.severity}, ${whatWords[what]}: ${alert.rule} at ${alert.subject}`;
}

function digestSubject(mails: readonly AlertMail[]): string {
  const counts = Object.keys(ranks).flatMap((what) => {
    const count = mails.filter((mail) => mail.what === what).length;
    return count === 0 ? [] : [`${count} ${whatWords[what as AlertMail['what']]}`];
  });
  return `[Holdfast] ${mails.length} alerts: ${counts.join(', ')}`;
}

function linesOf({ what, alert, atMs }: AlertMail): string[] {
  const { number, severity, rule, subject, words, members, membersCount, openedMs } = alert;
  const shown =
    membersCount > 1
      ? [`  ${members.slice(0, 20).join(', ')}${membersCount > 20 ? ` and ${membersCount - 20} more` : ''}`]
      : [];
  return [
    `${severity}, ${whatWords[what]}: alert ${number}, ${rule}, ${subject}`,
    `  ${oneLine(words, 500)}`,
    ...shown,
    `  since ${momentWords(openedMs)}${what === 'opened' ? '' : `; ${whatWords[what]} ${momentWords(atMs)}`}`,
    '',
  ];
}

/** What a box or a site is called must not begin a header of its own. */
function oneLine(text: string, charsMax: number): string {
  const line = text.replace(/\p{Cc}/gu, ' ');
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}
