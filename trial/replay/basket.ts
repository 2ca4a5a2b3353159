// An invoice as the document a kiosk submits. Amounts by the contract's own line rule.
import { limits } from '../../contract/limits.ts';
import { lineTotalMinor, samePrice } from '../../contract/money.ts';
import type { Checkout, Refund } from '../../kiosk/client.ts';
import type { Catalogue } from './catalogue.ts';
import type { Invoice, Row } from './parse.ts';

export const currency = 'GBP';

export type InvoiceReason =
  | 'invoice_nothing_to_sell'
  | 'invoice_too_many_lines'
  | 'invoice_above_limit'
  | 'invoice_too_large';

export type Basket =
  | { kind: 'checkout'; totalMinor: number; document: Checkout }
  | { kind: 'refund'; totalMinor: number; document: Refund }
  | { kind: 'rejected'; reason: InvoiceReason };

/** A sale becomes a checkout, a cancellation a refund without a checkout to point to: days do not carry one. */
export function basketOf(invoice: Invoice, catalogue: Catalogue): Basket {
  const { number, kind, rows } = invoice;
  const totalMinor = rows.reduce((sum, row) => sum + lineTotalMinor(row.price, row.quantity), 0);
  if (rows.length === 0 || totalMinor === 0) return { kind: 'rejected', reason: 'invoice_nothing_to_sell' };
  if (rows.length > limits.linesMax) return { kind: 'rejected', reason: 'invoice_too_many_lines' };
  if (totalMinor > limits.totalMinorMax) return { kind: 'rejected', reason: 'invoice_above_limit' };
  const money = { currency, totalMinor, payment: paymentOf(number) };
  return withinBody(
    kind === 'sale'
      ? {
          kind: 'checkout',
          totalMinor,
          document: {
            lines: rows.map((row) => saleLine(row, catalogue)),
            ...money,
            reference: number,
          },
        }
      : {
          kind: 'refund',
          totalMinor,
          document: { lines: rows.map(refundLine), ...money, reason: `cancellation ${number}` },
        },
  );
}

function withinBody(basket: Exclude<Basket, { kind: 'rejected' }>): Basket {
  const bytes = Buffer.byteLength(JSON.stringify(basket.document));
  return bytes > limits.requestBytesMax ? { kind: 'rejected', reason: 'invoice_too_large' } : basket;
}

/** The price only where it differs from the catalogue's: an invoice of 675 lines must stay under the body's cap. */
function saleLine({ sku, quantity, price }: Row, catalogue: Catalogue): Checkout['lines'][number] {
  const product = catalogue.get(sku);
  if (product && samePrice(product.price, price)) return { sku, quantity };
  return { sku, quantity, price: shortPrice(price), priceOverride: { by: 'replay', reason: 'recorded' } };
}

function refundLine({ sku, quantity, price }: Row): Checkout['lines'][number] {
  return { sku, quantity, price: shortPrice(price) };
}

function shortPrice({ priceMinor, baseQuantity }: Row['price']) {
  return baseQuantity === 1 ? { priceMinor } : { priceMinor, baseQuantity };
}

/** The days hold no payments: a made-up token of a card that exists nowhere. */
function paymentOf(number: string): Checkout['payment'] {
  return { token: `tok_replay_${number}`, fingerprint: `fp_replay_${number}`, scheme: 'visa', last4: '4242' };
}
