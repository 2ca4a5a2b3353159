// How the view shows boxes: one alone in some lines, several in a line each. Pure.
import type { Status } from '../../contract/kiosk-api.ts';
import { formatMoney } from '../money-text.ts';
import type { BoxSeen } from './observe.ts';
import { clockTime, type Line, label, type Piece, piece, whole } from './piece.ts';

/** @param said what else is to be told beside the link */
export function oneBox({ status, answers, link }: BoxSeen, said: Piece): Line[] {
  if (!status) return [[label('appliance'), piece('starting', 'warning')]];
  const { journal, exposure, verdicts } = status;
  return [
    [
      label('link'),
      link === 'cut' ? piece('cut here', 'bad') : piece('whole', 'good'),
      ...(answers
        ? [
            piece(', the appliance says ', 'dim'),
            piece(status.link.kind, status.link.kind === 'online' ? 'good' : 'warning'),
          ]
        : [piece('   the appliance does not answer', 'bad')]),
      said,
    ],
    [label('checkouts'), ...documentPieces(verdicts)],
    [label('verdicts'), piece(verdictText(verdicts), 'plain')],
    [
      label('received'),
      piece(`through ${whole(journal.receivedThrough)}`, 'plain'),
      piece('   pending ', 'dim'),
      piece(whole(journal.pending), journal.pending > 0 ? 'warning' : 'good'),
    ],
    [label('exposure'), ...exposurePieces(exposure)],
    ...status.conditions.slice(0, 1).map((condition) => [label('condition'), piece(condition.hint, 'bad')]),
  ];
}

/** A head and a line for each; where there are too many for the room, those around the chosen one. */
export function manyBoxes(boxes: readonly BoxSeen[], chosen: number, room: number): Line[] {
  const count = Math.max(1, room - 1);
  const first = Math.min(Math.max(0, chosen - Math.floor(count / 2)), Math.max(0, boxes.length - count));
  const head = columns('  ', 'appliance', 'is', 'checkouts', 'pending', 'exposure');
  return [
    [piece(head, 'dim')],
    ...boxes.slice(first, first + count).map((box, i) => boxLine(box, first + i === chosen)),
  ];
}

function boxLine(box: BoxSeen, isChosen: boolean): Line {
  const { applianceId, status } = box;
  const { text, tone } = stateOf(box);
  const figures = status
    ? [
        whole(checkoutsOf(status.verdicts)),
        whole(status.journal.pending),
        status.exposure.currency === null
          ? ''
          : formatMoney(status.exposure.totalMinor, status.exposure.currency),
      ]
    : ['', '', ''];
  const all = columns(isChosen ? '› ' : '  ', applianceId, text, ...(figures as [string, string, string]));
  return [
    piece(all.slice(0, stateAt), isChosen ? 'strong' : 'plain'),
    piece(all.slice(stateAt, figuresAt), tone),
    piece(all.slice(figuresAt), 'plain'),
  ];
}

const stateAt = 15;
const figuresAt = 47;
function columns(
  mark: string,
  id: string,
  state: string,
  checkouts: string,
  pending: string,
  exposure: string,
): string {
  const left = (mark + id).padEnd(stateAt) + state.padEnd(figuresAt - stateAt);
  return `${left}${checkouts.padStart(9)}${pending.padStart(9)}${exposure.padStart(14)}`;
}

/** In its own words, but for what it cannot know yet. */
function stateOf({ status, answers, link }: BoxSeen): Piece {
  if (!status) return piece('starting', 'warning');
  if (!answers) return piece('does not answer', 'bad');
  const { sinceMs } = status.offline;
  if (sinceMs !== null) {
    return piece(`selling offline since ${clockTime(sinceMs)}`, link === 'cut' ? 'bad' : 'warning');
  }
  if (link === 'cut') return piece('link cut, not noticed yet', 'warning');
  return status.link.kind === 'online' ? piece('selling online', 'good') : piece(status.link.kind, 'warning');
}

function exposurePieces({ totalMinor, limitMinor, currency }: Status['exposure']): Line {
  if (currency === null) return [piece('no policy yet', 'dim')];
  const near = limitMinor !== null && totalMinor > limitMinor * 0.8;
  return [
    piece(formatMoney(totalMinor, currency), near ? 'bad' : 'plain'),
    piece(
      limitMinor === null ? '' : ` approved and not yet booked, of ${formatMoney(limitMinor, currency)}`,
      'dim',
    ),
  ];
}

function documentPieces(verdicts: Status['verdicts']): Line {
  const count = (kind: string) => sum(entriesOf(verdicts).filter((entry) => entry.kind === kind));
  return [
    piece(whole(checkoutsOf(verdicts)), 'strong'),
    piece(`   voids ${whole(count('void'))}   refunds ${whole(count('refund'))}`, 'dim'),
  ];
}

function checkoutsOf(verdicts: Status['verdicts']): number {
  return sum(entriesOf(verdicts).filter(({ kind }) => kind === 'checkout'));
}

/** Of checkouts, voids and refunds together. */
function verdictText(verdicts: Status['verdicts']): string {
  const byVerdict = Map.groupBy(entriesOf(verdicts), ({ verdict }) => verdict);
  const texts = [...byVerdict].map(
    ([verdict, entries]) => `${verdict.replaceAll('_', ' ')} ${whole(sum(entries))}`,
  );
  return texts.join('   ') || 'none yet';
}

/** The appliance counts under keys such as "checkout approved_offline". */
function entriesOf(verdicts: Status['verdicts']): { kind: string; verdict: string; count: number }[] {
  return Object.entries(verdicts).map(([key, count]) => {
    const [kind = '', verdict = kind] = key.split(' ');
    return { kind, verdict, count };
  });
}

function sum(entries: readonly { count: number }[]): number {
  return entries.reduce((total, { count }) => total + count, 0);
}
