// What `npm start` shows, as data: lines made of pieces, fitted to the terminal. Pure; the terminal paints it.
import type { Status } from '../../contract/kiosk-api.ts';
import { formatMoney } from '../money-text.ts';
import type { Observation } from './observe.ts';

export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'warning';
export interface Piece {
  text: string;
  tone: Tone;
}
export type Line = Piece[];

export interface View {
  observation: Observation;
  link: 'up' | 'cut';
  runningMs: number;
  /** The newest last. */
  events: readonly { atMs: number; text: string }[];
  /** Where to go and what to paste. */
  signs: readonly string[];
  /** Keys are read, so they are named. */
  keys: boolean;
  /** What is being done to the site at the moment, if anything. */
  busy: string | null;
}

/** A small terminal shows the last events rather than the signs. */
const eventsMin = 3;

/** The lines of one frame, no more than `rows`; the events take what room is left. */
export function viewLines(view: View, rows: number): Line[] {
  const top: Line[] = [
    [piece('Holdfast, a site in a box', 'strong'), piece(`   running ${duration(view.runningMs)}`, 'dim')],
    [],
    ...stateLines(view),
    [],
  ];
  const keys: Line[] = view.keys ? [[], keyLine(view.busy)] : [];
  const signs: Line[] = [[], ...view.signs.map((sign) => [piece(sign, 'plain')])];
  const signed = top.length + eventsMin + signs.length + keys.length <= rows;
  const bottom = [...(signed ? signs : []), ...keys];
  const room = Math.max(1, rows - top.length - bottom.length);
  const events = view.events
    .slice(-room)
    .map(
      ({ atMs, text }): Line => [
        piece(`${clockTime(atMs)}  `, 'dim'),
        piece(text, /refused|not taken|no answer|killed|cut|ended/.test(text) ? 'warning' : 'plain'),
      ],
    );
  while (events.length < room) events.push([]);
  return [...top, ...events, ...bottom].slice(0, rows);
}

function stateLines({ observation, link }: View): Line[] {
  const { status, applianceAnswers, accounts, centralAnswers } = observation;
  if (!status) return [[label('appliance'), piece('starting', 'warning')]];
  const { journal, exposure, verdicts } = status;
  return [
    [
      label('link'),
      link === 'cut' ? piece('cut here', 'bad') : piece('whole', 'good'),
      ...(applianceAnswers
        ? [
            piece(', the appliance says ', 'dim'),
            piece(status.link.kind, status.link.kind === 'online' ? 'good' : 'warning'),
          ]
        : [piece('   the appliance does not answer', 'bad')]),
      piece(centralAnswers ? '' : '   central does not answer', 'bad'),
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
    [label('ledger'), ...ledgerPieces(accounts)],
    ...status.conditions.slice(0, 1).map((condition) => [label('condition'), piece(condition.hint, 'bad')]),
  ];
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

function ledgerPieces(accounts: Observation['accounts']): Line {
  const owed = accounts.filter(({ name }) => name.startsWith('payable:payee'));
  if (owed.length === 0) return [piece('nothing booked yet', 'dim')];
  const text = owed.map(({ balanceMinor, currency }) => formatMoney(-balanceMinor, currency)).join(', ');
  return [piece(text, 'strong'), piece(' sold and owed to the payee', 'dim')];
}

function keyLine(busy: string | null): Line {
  if (busy !== null) return [piece(`${busy} …`, 'warning')];
  return ['c cut the link', 'r restore it', 'k kill -9 appliance', 'q quit'].map((key, i) =>
    piece(i === 0 ? key : `   ${key}`, 'dim'),
  );
}

/** One line of the same, for a log or a pipe. */
export function plainLine({ observation, link, runningMs }: View): string {
  const { status, applianceAnswers, accounts } = observation;
  const parts = [duration(runningMs), `link=${link}`];
  if (status) {
    const { journal, exposure } = status;
    parts.push(
      `appliance=${applianceAnswers ? status.link.kind : 'silent'}`,
      `journal=${journal.lastSeq}`,
      `received=${journal.receivedThrough}`,
      `pending=${journal.pending}`,
      ...Object.entries(status.verdicts).map(([verdict, count]) => `${verdict.replace(' ', '.')}=${count}`),
      `exposure=${exposure.totalMinor}`,
    );
  }
  for (const { name, balanceMinor } of accounts)
    if (name.startsWith('payable:payee')) parts.push(`ledger=${-balanceMinor}`);
  return parts.join(' ');
}

function label(text: string): Piece {
  return piece(text.padEnd(11), 'dim');
}

function piece(text: string, tone: Tone): Piece {
  return { text, tone };
}

function documentPieces(verdicts: Status['verdicts']): Line {
  const count = (kind: string) => sum(entriesOf(verdicts).filter((entry) => entry.kind === kind));
  return [
    piece(whole(count('checkout')), 'strong'),
    piece(`   voids ${whole(count('void'))}   refunds ${whole(count('refund'))}`, 'dim'),
  ];
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

function whole(count: number): string {
  return count.toLocaleString('en');
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

export function clockTime(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
