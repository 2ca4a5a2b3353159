// A payout as its payee reads it: every line, and totals by kind that come to what is paid. Written as it is read, so that a
// month of a busy shop needs no memory.
import { decimalText } from '../../contract/money.ts';
import { moneyWords } from '../money-words.ts';
import type { Payee, PayoutLine, PayoutView } from './port.ts';

const kinds: Record<PayoutLine['kind'], string> = {
  sale: 'Sale',
  refund: 'Refund',
  void: 'Void',
  fee: 'Marketplace fee',
  fee_back: 'Marketplace fee given back',
  returned_payout: 'Payout that came back',
  correction: 'Correction',
};

/** A page of its own: no script, nothing loaded, plain on paper. */
export function* statementPage(
  payout: PayoutView,
  payee: Payee,
  lines: Iterable<PayoutLine>,
): Generator<string> {
  const { number, currency, amountMinor, state, reference, preparedMs } = payout;
  const day = new Date(preparedMs).toISOString().slice(0, 10);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payout ${number} to ${escaped(payee.name)}</title>
<style>${style}</style>
</head>
<body>
<h1>Payout ${number}</h1>
<dl>
<dt>To</dt><dd>${escaped(payee.name)}</dd>
<dt>Account</dt><dd>${escaped(payee.bankReference)}</dd>
<dt>Prepared</dt><dd>${day}</dd>
<dt>State</dt><dd>${state}${reference === null ? '' : `, ${escaped(reference)}`}</dd>
<dt>Amount</dt><dd><strong>${moneyWords(amountMinor, currency)}</strong></dd>
</dl>
<table>
<caption>Every line, in the order it was booked (UTC, ${currency})</caption>
<thead><tr><th scope="col">Booked</th><th scope="col">What</th><th scope="col">Site</th><th scope="col">Slip</th><th scope="col">Document</th><th scope="col" class="n">Tax, to the state</th><th scope="col" class="n">Amount</th></tr></thead>
<tbody>
`;
  const sums = new Map<PayoutLine['kind'], { count: number; minor: number }>();
  for (const line of lines) {
    const sum = sums.get(line.kind) ?? { count: 0, minor: 0 };
    sums.set(line.kind, { count: sum.count + 1, minor: sum.minor + line.amountMinor });
    yield rowOf(line, currency);
  }
  yield `</tbody>
</table>
<table>
<caption>Together</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="n">Lines</th><th scope="col" class="n">Amount</th></tr></thead>
<tbody>
`;
  for (const [kind, { count, minor }] of sums) {
    yield `<tr><td>${kinds[kind]}</td><td class="n">${count}</td><td class="n">${decimalText(minor, currency)}</td></tr>\n`;
  }
  const total = [...sums.values()].reduce((sum, { minor }) => sum + minor, 0);
  yield `</tbody>
<tfoot><tr><th scope="row" colspan="2">Amount</th><td class="n">${decimalText(total, currency)}</td></tr></tfoot>
</table>
</body>
</html>
`;
}

function rowOf(line: PayoutLine, currency: string): string {
  const { bookedMs, kind, applianceId, slip, documentId, taxMinor, amountMinor } = line;
  const booked = new Date(bookedMs).toISOString().slice(0, 16).replace('T', ' ');
  const tax = taxMinor === 0 ? '' : decimalText(taxMinor, currency);
  return `<tr><td>${booked}</td><td>${kinds[kind]}</td><td>${escaped(applianceId ?? '')}</td><td>${slip ?? ''}</td><td class="id">${escaped(documentId ?? '')}</td><td class="n">${tax}</td><td class="n">${decimalText(amountMinor, currency)}</td></tr>\n`;
}

const style = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #111; background: #fff }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem }
dt { color: #444 } dd { margin: 0 }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0 }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #ccc; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums } .id { font-family: monospace; font-size: 11px }
tfoot th, tfoot td { font-weight: 700; border-top: 2px solid #111 }
thead { display: table-header-group } tr { break-inside: avoid }
@media print { body { margin: 0; max-width: none; font-size: 11px } }
`;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
