// The lines of the basket: what each product costs, how many of it, and why it may not be sold.
import type { Quote } from '../../../contract/quote.ts';
import { moneyText } from '../../../kiosk/banner.ts';
import { type BasketLine, quantityMax } from '../shop/till.ts';
import { reasonsNow, withLeft } from '../shop/words.ts';
import type { Counter, View } from './counter.ts';
import { element } from './element.ts';

type Selling = Extract<View, { kind: 'selling' }>;

export function basketLines(view: Selling, counter: Counter): HTMLElement {
  const { basket } = view;
  if (basket.lines.length === 0) {
    return element('p', { class: 'empty' }, 'The basket is empty. Scan the first product.');
  }
  const clear = () => void counter.clear();
  return element(
    'div',
    { class: 'basket' },
    element('ul', { class: 'lines' }, ...basket.lines.map((line, at) => lineOf(line, at, view, counter))),
    element('button', { id: 'clear', class: 'quiet', type: 'button', onclick: clear }, 'Empty the basket'),
  );
}

function lineOf(line: BasketLine, at: number, { quote, online }: Selling, counter: Counter): HTMLElement {
  const code = line.gtin ?? line.sku ?? '';
  const priced = quote?.lines[at] ?? null;
  const name = priced?.name ?? priced?.sku ?? code;
  const step = priced?.price.baseQuantity ?? 1;
  const reasons = reasonsNow(quote, online).filter((reason) => reason.line === at);
  const set = (quantity: number) => void counter.setQuantity(at, quantity);
  const typedQuantity = (text: string) => {
    // So long a number is a code that was scanned into the wrong field.
    if (/^\d{8,}$/.test(text)) return void counter.add(text);
    set(Math.max(1, Number(text) || line.quantity));
  };
  return element(
    'li',
    { class: 'line' },
    element(
      'div',
      { class: 'what' },
      element('span', { class: 'name' }, name),
      element('span', { class: 'each' }, priceWords(priced, quote, code)),
    ),
    element(
      'div',
      { class: 'quantity', role: 'group', 'aria-label': `Quantity of ${name}` },
      element(
        'button',
        {
          id: `less-${at}`,
          type: 'button',
          'aria-label': `Fewer of ${name}`,
          disabled: line.quantity <= step,
          onclick: () => set(line.quantity - step),
        },
        '−',
      ),
      element('input', {
        id: `quantity-${at}`,
        type: 'number',
        inputmode: 'numeric',
        min: 1,
        max: quantityMax,
        value: line.quantity,
        'aria-label': `Quantity of ${name}`,
        onkeydown: (event) => {
          // On to the next product; leaving the field changes the quantity.
          if ((event as KeyboardEvent).key === 'Enter') document.getElementById('scan')?.focus();
        },
        onfocus: ({ target }) => (target as HTMLInputElement).select(),
        onchange: ({ target }) => typedQuantity((target as HTMLInputElement).value),
      }),
      element(
        'button',
        {
          id: `more-${at}`,
          type: 'button',
          'aria-label': `More of ${name}`,
          onclick: () => set(line.quantity + step),
        },
        '+',
      ),
    ),
    element('span', { class: 'sum' }, priced && quote ? moneyText(priced.totalMinor, quote.currency) : '–'),
    element(
      'button',
      {
        class: 'remove',
        id: `remove-${at}`,
        type: 'button',
        'aria-label': `Remove ${name}`,
        onclick: () => set(0),
      },
      '×',
    ),
    reasons.length === 0
      ? null
      : element('p', { class: 'why' }, reasons.map(({ hint, left }) => withLeft(hint, left)).join(' ')),
  );
}

function priceWords(priced: Quote['lines'][number] | null, quote: Quote | null, code: string): string {
  if (!priced || !quote) return `${code} · no price`;
  const { priceMinor, baseQuantity } = priced.price;
  const each = `${moneyText(priceMinor, quote.currency)}${baseQuantity === 1 ? ' each' : ` per ${baseQuantity}`}`;
  const from = priced.from === 'offer' ? ' · offer' : '';
  const left = priced.left === null ? '' : ` · ${priced.left} left`;
  return `${each}${from}${left}`;
}
