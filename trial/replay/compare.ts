// What the kiosks were told, held against the appliance's journal: a 201 stands for ever (I1).
import type { Answer, DocumentView } from '../../contract/kiosk-api.ts';
import type { Told } from './run.ts';

export interface ToldComparison {
  /** Told to a kiosk, and not in the journal. */
  missing: number;
  /** Everything that does not agree, in words. */
  differences: string[];
}

export function compareTold(told: readonly Told[], journal: readonly DocumentView[]): ToldComparison {
  const journalById = new Map(journal.map((document) => [document.id, document]));
  const result: ToldComparison = { missing: 0, differences: [] };
  const answered = new Set<string>();
  for (const { sale, submission } of told) {
    const { id } = submission;
    answered.add(id);
    switch (submission.kind) {
      case 'approved':
      case 'declined':
      case 'refused': {
        const document = journalById.get(id);
        if (!document) {
          result.missing++;
          result.differences.push(
            `${id}: a kiosk was told seq ${submission.answer.seq}, the journal does not have it`,
          );
          break;
        }
        if (said(submission.answer) !== said(document)) {
          result.differences.push(
            `${id}: a kiosk was told "${said(submission.answer)}", the journal says "${said(document)}"`,
          );
        }
        if (document.totalMinor !== sale.totalMinor) {
          result.differences.push(
            `${id}: sold for ${sale.totalMinor}, written down as ${document.totalMinor}`,
          );
        }
        break;
      }
      case 'invalid':
        if (journalById.has(id)) result.differences.push(`${id}: not taken, and in the journal all the same`);
        break;
      case 'unavailable':
        result.differences.push(`${id}: the kiosk has no answer (${submission.reason})`);
        break;
    }
  }
  for (const { id } of journal) {
    if (!answered.has(id)) result.differences.push(`${id}: in the journal, and no kiosk asked for it`);
  }
  return result;
}

function said({ seq, kind, verdict, slip, totalMinor, reasons }: Answer): string {
  return `${kind} ${seq} ${verdict} slip ${slip ?? '-'} total ${totalMinor ?? '-'} ${reasons.map(({ code }) => code)}`;
}
