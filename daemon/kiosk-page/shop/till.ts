// What a kiosk is in the middle of: the basket and, once it is being paid, the id it is sold under. It is kept before
// anything is sent, so that a page loaded anew asks after that sale instead of selling the basket again.
import type { QuoteRequest } from '../../../kiosk/client.ts';

/** A product as it was scanned or typed, and how many of it. */
export type BasketLine = ({ gtin: string; sku?: never } | { sku: string; gtin?: never }) & {
  quantity: number;
};

/** A person looked at the customer's age, at least so many years. */
export interface Basket {
  lines: readonly BasketLine[];
  attestedYears: number | null;
}

/**
 * - `open`: goods are being put in.
 * - `paying`: it was, or is about to be, sent under this id.
 * - `done`: sold under this id; its slip stands on the screen. `printed`: another print is a copy.
 */
export type Till =
  | { kind: 'open'; basket: Basket }
  | { kind: 'paying'; basket: Basket; saleId: string }
  | { kind: 'done'; saleId: string; printed: boolean };

export const emptyBasket: Basket = { lines: [], attestedYears: null };
export const emptyTill: Till = { kind: 'open', basket: emptyBasket };

/** What a scanner or a person gives: digits of a GTIN's length are one, and whatever else is an article number. */
export function codeOf(text: string): { gtin: string } | { sku: string } | null {
  const code = text.trim();
  if (code === '') return null;
  return /^(\d{8}|\d{12,14})$/.test(code) ? { gtin: code } : { sku: code };
}

/** Nobody scans so many by mistake; the appliance has limits of its own. */
export const quantityMax = 9999;

/** One more line at the end, or more of the line that has the code already. */
export function withMore(basket: Basket, code: { gtin: string } | { sku: string }, quantity: number): Basket {
  const at = lineOf(basket, code);
  const line = basket.lines[at];
  if (line) return withQuantity(basket, at, line.quantity + quantity);
  return { ...basket, lines: [...basket.lines, { ...code, quantity }] };
}

/** The line with another quantity, within what can be meant; 0 takes it out, and with the last line the attested age. */
export function withQuantity(basket: Basket, at: number, quantity: number): Basket {
  if (quantity <= 0) {
    const lines = basket.lines.filter((_, i) => i !== at);
    return lines.length === 0 ? emptyBasket : { ...basket, lines };
  }
  const whole = Math.min(quantityMax, Math.trunc(quantity));
  return {
    ...basket,
    lines: basket.lines.map((line, i) => (i === at ? { ...line, quantity: whole } : line)),
  };
}

/** Where the code stands in the basket; -1 when it does not. */
export function lineOf(basket: Basket, code: { gtin: string } | { sku: string }): number {
  return basket.lines.findIndex((line) => ('gtin' in code ? line.gtin === code.gtin : line.sku === code.sku));
}

/** The goods of a checkout or a quote. */
export function goodsOf(
  { lines, attestedYears }: Basket,
  by: string,
): Pick<QuoteRequest, 'lines' | 'ageAttestation'> {
  return {
    lines: lines.map((line) => ({ ...line })),
    ...(attestedYears !== null && { ageAttestation: { years: attestedYears, by } }),
  };
}

/** A till read back; an empty one when the text is none, such as of another release. */
export function parseTill(text: string | null): Till {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isTill(value) ? value : emptyTill;
  } catch {
    return emptyTill;
  }
}

function isTill(value: unknown): value is Till {
  if (!isFields(value)) return false;
  switch (value.kind) {
    case 'open':
      return isBasket(value.basket);
    case 'paying':
      return isBasket(value.basket) && typeof value.saleId === 'string';
    case 'done':
      return typeof value.saleId === 'string' && typeof value.printed === 'boolean';
    default:
      return false;
  }
}

function isBasket(value: unknown): value is Basket {
  return (
    isFields(value) &&
    Array.isArray(value.lines) &&
    value.lines.every(isLine) &&
    (value.attestedYears === null || Number.isSafeInteger(value.attestedYears))
  );
}

function isLine(value: unknown): value is BasketLine {
  return (
    isFields(value) &&
    (typeof value.gtin === 'string') !== (typeof value.sku === 'string') &&
    Number.isSafeInteger(value.quantity)
  );
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
