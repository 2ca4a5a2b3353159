// What `npm start` shows, as data: lines made of pieces, fitted to the terminal. Pure; the terminal paints it.
import { formatMoney } from '../money-text.ts';
import { manyBoxes, oneBox } from './box-lines.ts';
import type { BoxSeen, Observation } from './observe.ts';
import { clockTime, duration, type Line, label, piece } from './piece.ts';

export interface View {
  observation: Observation;
  /** Which of the boxes the keys act on, counted from 0. */
  chosen: number;
  runningMs: number;
  /** The newest last. */
  events: readonly { atMs: number; text: string }[];
  signs: Signs;
  /** Keys are read, so they are named. */
  keys: boolean;
  /** What is being done to the site at the moment, if anything. */
  busy: string | null;
}

export interface Signs {
  /** Where to go. */
  places: readonly string[];
  /** A sale to paste into a shell. */
  sale: readonly string[];
}

/** A small terminal shows the last events rather than the sale, and rather than any sign. */
const eventsMin = 3;
/** Of a small terminal for boxes. */
const boxesRowsMin = 6;

/** The lines of one frame, no more than `rows`; the events take what room is left. */
export function viewLines(view: View, rows: number): Line[] {
  const keys: Line[] = view.keys ? [[], keyLine(view)] : [];
  const head: Line[] = [headLine(view), []];
  const places: Line[] = [[], ...view.signs.places.map((sign) => [piece(sign, 'plain')])];
  const roomForBoxes = rows - head.length - 2 - eventsMin - places.length - keys.length;
  const top: Line[] = [...head, ...stateLines(view, Math.max(boxesRowsMin, roomForBoxes)), []];
  const room = rows - top.length - keys.length - eventsMin;
  const sale: Line[] = view.signs.sale.map((sign) => [piece(sign, 'plain')]);
  const signs =
    [...places, ...sale].length <= room ? [...places, ...sale] : places.length <= room ? places : [];
  const bottom = [...signs, ...keys];
  const eventRows = Math.max(1, rows - top.length - bottom.length);
  const events = view.events
    .slice(-eventRows)
    .map(
      ({ atMs, text }): Line => [
        piece(`${clockTime(atMs)}  `, 'dim'),
        piece(text, /refused|not taken|no answer|killed|cut|ended/.test(text) ? 'warning' : 'plain'),
      ],
    );
  while (events.length < eventRows) events.push([]);
  return [...top, ...events, ...bottom].slice(0, rows);
}

function headLine({ observation: { boxes }, runningMs }: View): Line {
  const cut = boxes.filter(({ link }) => link === 'cut').map(({ applianceId }) => applianceId);
  return [
    piece(boxes.length > 1 ? `Holdfast, ${boxes.length} boxes` : 'Holdfast, a site in a box', 'strong'),
    piece(`   running ${duration(runningMs)}`, 'dim'),
    ...(boxes.length > 1 && cut.length > 0 ? [piece(`   cut off here: ${cut.join(', ')}`, 'bad')] : []),
  ];
}

/** @param room how many lines boxes may take, where there are several */
function stateLines({ observation, chosen }: View, room: number): Line[] {
  const { boxes, accounts, centralAnswers } = observation;
  const away = piece(centralAnswers ? '' : '   central does not answer', 'bad');
  const ledger: Line = [label('ledger'), ...ledgerPieces(accounts)];
  const [first] = boxes;
  if (boxes.length === 1 && first)
    return first.status ? [...oneBox(first, away), ledger] : oneBox(first, away);
  return [...manyBoxes(boxes, chosen, room), [...ledger, away]];
}

function ledgerPieces(accounts: Observation['accounts']): Line {
  const owed = accounts.filter(({ name }) => name.startsWith('payable:payee'));
  if (owed.length === 0) return [piece('nothing booked yet', 'dim')];
  const text = owed.map(({ balanceMinor, currency }) => formatMoney(-balanceMinor, currency)).join(', ');
  return [piece(text, 'strong'), piece(' sold and owed to the payee', 'dim')];
}

function keyLine({ busy, observation: { boxes }, chosen }: View): Line {
  if (busy !== null) return [piece(`${busy} …`, 'warning')];
  const id = boxes[chosen]?.applianceId ?? '';
  const keys =
    boxes.length > 1
      ? [`↑ ↓ choose   ${id}: c cut its link`, 'r restore it', 'k kill -9', 'q quit']
      : ['c cut the link', 'r restore it', 'k kill -9 appliance', 'q quit'];
  return [piece(keys.join('   '), 'dim')];
}

/** The same for a log or a pipe: a line for each box. */
export function plainLines({ observation: { boxes, accounts }, runningMs }: View): string[] {
  return boxes.map((box, i) => {
    const name = boxes.length > 1 ? [box.applianceId] : [];
    // The ledger is of all of them, and said once.
    const ledger = i === boxes.length - 1 ? ledgerWords(accounts) : [];
    return [duration(runningMs), ...name, `link=${box.link}`, ...boxWords(box), ...ledger].join(' ');
  });
}

function boxWords({ status, answers }: BoxSeen): string[] {
  if (!status) return [];
  const { journal, exposure } = status;
  return [
    `appliance=${answers ? status.link.kind : 'silent'}`,
    `journal=${journal.lastSeq}`,
    `received=${journal.receivedThrough}`,
    `pending=${journal.pending}`,
    ...Object.entries(status.verdicts).map(([verdict, count]) => `${verdict.replace(' ', '.')}=${count}`),
    `exposure=${exposure.totalMinor}`,
  ];
}

function ledgerWords(accounts: Observation['accounts']): string[] {
  return accounts
    .filter(({ name }) => name.startsWith('payable:payee'))
    .map(({ balanceMinor }) => `ledger=${-balanceMinor}`);
}
