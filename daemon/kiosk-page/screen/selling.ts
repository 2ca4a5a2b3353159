// The screen on which goods are put into the basket: the scan field, the lines with their prices, the total, and the way
// to pay.
import type { Quote } from '../../../contract/quote.ts';
import { moneyText } from '../../../kiosk/banner.ts';
import type { Basket } from '../shop/till.ts';
import { reasonsNow, withLeft } from '../shop/words.ts';
import { basketLines } from './basket-lines.ts';
import type { Counter, View } from './counter.ts';
import { element } from './element.ts';

type Selling = Extract<View, { kind: 'selling' }>;
type Reason = Quote['reasons'][number];

export function sellingScreen(view: Selling, counter: Counter, pay: () => void): HTMLElement[] {
  return [
    element(
      'section',
      { class: 'goods', 'aria-label': 'Basket' },
      scanForm(counter),
      notice(view),
      basketLines(view, counter),
    ),
    summary(view, counter, pay),
  ];
}

function scanForm(counter: Counter): HTMLElement {
  const input = element('input', {
    id: 'scan',
    name: 'code',
    'data-focus': true,
    'data-typed': true,
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    enterkeyhint: 'done',
    maxlength: 40,
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const { value } = input;
    input.value = '';
    void counter.add(value);
  };
  return element(
    'form',
    { class: 'scan', onsubmit: submit },
    element('label', { for: 'scan' }, 'Scan or type a GTIN or article number'),
    input,
    element('button', { id: 'add', type: 'submit' }, 'Add'),
  );
}

function notice({ notice }: Selling): HTMLElement | null {
  return notice === null ? null : element('p', { class: 'notice', id: 'notice' }, notice);
}

function summary(view: Selling, counter: Counter, pay: () => void): HTMLElement {
  const { basket, quote } = view;
  const now = reasonsNow(quote, view.online);
  const reasons = now.filter((reason) => reason.line === undefined);
  const asksForAge = now.some(({ code }) => code === 'age_attestation_required');
  const age = asksForAge || basket.attestedYears !== null;
  const count = basket.lines.length;
  const total = quote?.totalMinor ?? null;
  return element(
    'section',
    { class: 'summary', 'aria-label': 'Total' },
    element('p', { class: 'count' }, count === 1 ? '1 product' : `${count} products`),
    element(
      'p',
      { class: 'total' },
      element('span', { class: 'word' }, 'Total'),
      element('output', { id: 'total' }, total === null || !quote ? '' : moneyText(total, quote.currency)),
    ),
    taxes(quote),
    reasons.length === 0
      ? null
      : element(
          'ul',
          { class: 'reasons', 'aria-label': 'What to know before paying' },
          ...reasons.map((reason) => element('li', {}, reasonText(reason))),
        ),
    age ? ageChoice(basket, counter) : null,
    element('button', { id: 'pay', class: 'pay', type: 'button', disabled: !total, onclick: pay }, 'Pay'),
  );
}

/** Asked for only where a product of the basket needs it; the appliance says whether it is enough. */
function ageChoice(basket: Basket, counter: Counter): HTMLElement {
  return element(
    'div',
    { class: 'age', role: 'group', 'aria-label': 'The customer is at least' },
    element('span', {}, 'I have checked: at least'),
    ...[16, 18, 21].map((years) =>
      element(
        'button',
        {
          id: `age-${years}`,
          type: 'button',
          'aria-pressed': String(basket.attestedYears === years),
          onclick: () => void counter.attestAge(years),
        },
        String(years),
      ),
    ),
  );
}

function taxes(quote: Quote | null): HTMLElement | null {
  const taxed = quote?.taxes.filter(({ taxMinor }) => taxMinor > 0) ?? [];
  if (!quote || taxed.length === 0) return null;
  const lines = taxed.map((tax) => {
    const word = tax.prices === 'inclusive' ? 'including' : 'plus';
    return element(
      'li',
      {},
      `${word} ${tax.basisPoints / 100}% ${tax.category} `,
      element('span', {}, moneyText(tax.taxMinor, quote.currency)),
    );
  });
  return element('ul', { class: 'taxes' }, ...lines);
}

function reasonText({ hint, left }: Reason): string {
  return withLeft(hint, left);
}
