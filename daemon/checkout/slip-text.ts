// A slip as text for a printer of 42 columns: nothing is on it that the slip as data does not say. Pure.
import { decimalText } from '../../contract/money.ts';
import type { Slip } from '../../contract/slip.ts';

export const slipColumns = 42;

/** The text, one line feed after each line and no line longer than the paper is wide. */
export function slipText(slip: Slip): string {
  const money = (minor: number) => decimalText(minor, slip.currency);
  const time = timeFormat(slip.timeZone);
  const rule = '-'.repeat(slipColumns);
  const discountMinor = slip.lines.reduce((sum, line) => sum + (line.discountMinor ?? 0), 0);
  return [
    ...(slip.copy ? [centred('*** COPY ***')] : []),
    ...(slip.voided ? [centred('*** VOIDED ***')] : []),
    centred(slip.kind === 'refund' ? 'REFUND' : 'SLIP'),
    ...pair(`Slip ${slip.slip}${slip.slipYear === undefined ? '' : ` / ${slip.slipYear}`}`, time(slip.atMs)),
    ...wrapped(`Appliance ${slip.applianceId}`),
    ...(slip.reference === undefined ? [] : wrapped(`Reference ${slip.reference}`)),
    rule,
    ...slip.lines.flatMap((line) => lineText(line, money)),
    ...(slip.checkoutId === undefined ? [] : ['Money back on checkout', slip.checkoutId]),
    rule,
    ...(discountMinor > 0 ? pair('Discounts, already taken off', money(-discountMinor)) : []),
    ...pair(`TOTAL ${slip.currency}`, money(slip.totalMinor)),
    ...slip.taxes.flatMap((tax) => taxText(tax, money)),
    ...(slip.payment ? wrapped(`Card ${slip.payment.scheme} ending ${slip.payment.last4}`) : []),
    rule,
    ...wrapped(slip.decision),
    ...(slip.offlineSinceMs === undefined ? [] : wrapped(`Offline since ${time(slip.offlineSinceMs)}`)),
    ...wrapped(slip.id),
    '',
  ].join('\n');
}

function lineText(line: Slip['lines'][number], money: (minor: number) => string): string[] {
  const { priceMinor, baseQuantity } = line.price;
  const per = baseQuantity === 1 ? '' : ` per ${baseQuantity}`;
  const from = line.from === undefined ? '' : ` (${line.from})`;
  return [
    ...wrapped(line.name),
    ...pair(`  ${line.quantity} x ${money(priceMinor)}${per}${from}`, money(line.totalMinor)),
    ...(line.discountMinor === undefined ? [] : pair('  discount', money(-line.discountMinor))),
  ];
}

function taxText(tax: Slip['taxes'][number], money: (minor: number) => string): string[] {
  const word = tax.prices === 'inclusive' ? 'incl.' : 'plus';
  const rate = `${tax.basisPoints / 100}%`;
  return pair(`${word} tax ${rate} ${tax.category} on ${money(tax.netMinor)}`, money(tax.taxMinor));
}

/** Two texts at the two edges; on two lines where they do not fit on one. */
function pair(left: string, right: string): string[] {
  const space = slipColumns - left.length - right.length;
  if (space >= 1) return [left + ' '.repeat(space) + right];
  return [...wrapped(left), right.padStart(slipColumns)];
}

function centred(text: string): string {
  return ' '.repeat(Math.floor((slipColumns - text.length) / 2)) + text;
}

/** Broken between words, and within a word that is longer than the paper is wide. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > slipColumns) {
    const space = rest.lastIndexOf(' ', slipColumns);
    const at = space > 0 ? space : slipColumns;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

function timeFormat(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => format.format(ms);
}
