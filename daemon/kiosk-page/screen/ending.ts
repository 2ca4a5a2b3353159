// The screens on which a sale ends, or waits to: asking, not known yet, sold with its slip, not sold.
import { moneyText } from '../../../kiosk/banner.ts';
import { approvalWords, type Told } from '../shop/words.ts';
import type { Counter, View } from './counter.ts';
import { element } from './element.ts';

export function askingScreen(): HTMLElement {
  return card('asking', { headline: 'One moment', sentences: ['The appliance is asked.'] });
}

export function unansweredScreen(told: Told, counter: Counter): HTMLElement {
  const ask = () => void counter.askNow();
  return card(
    'unanswered',
    told,
    element('button', { id: 'ask', type: 'button', 'data-focus': true, onclick: ask }, 'Ask now'),
  );
}

export function notSoldScreen(told: Told, back: (() => void) | null): HTMLElement {
  const button =
    back &&
    element(
      'button',
      { id: 'back', class: 'pay', type: 'button', 'data-focus': true, onclick: back },
      'Back to the basket',
    );
  return card('not-sold', told, button);
}

export function soldScreen(
  { answer, slip, printed }: Extract<View, { kind: 'sold' }>,
  counter: Counter,
): HTMLElement {
  const print = () => {
    window.print();
    counter.printed();
  };
  const { totalMinor, currency } = answer;
  const amount = totalMinor === undefined || currency === undefined ? null : moneyText(totalMinor, currency);
  const number =
    answer.slip === undefined
      ? ''
      : `Slip ${answer.slip}${answer.slipYear === undefined ? '' : ` of ${answer.slipYear}`}`;
  return element(
    'section',
    { class: 'ending sold', 'aria-labelledby': 'headline' },
    heading(approvalWords(answer), amount),
    element(
      'div',
      { class: 'choices' },
      element(
        'button',
        { id: 'next', class: 'pay', type: 'button', 'data-focus': true, onclick: () => void counter.clear() },
        'Next customer',
      ),
      element(
        'button',
        { id: 'print', type: 'button', disabled: slip === null, onclick: print },
        printed ? 'Print a copy' : 'Print the slip',
      ),
    ),
    slip === null
      ? element(
          'p',
          { class: 'notice' },
          `${number}. The slip cannot be read at the moment; load the page again.`,
        )
      : element('pre', { class: 'slip', tabindex: 0, role: 'region', 'aria-label': number }, slip),
  );
}

function card(kind: string, told: Told, ...below: (HTMLElement | null)[]): HTMLElement {
  return element(
    'section',
    { class: `ending ${kind}`, 'aria-labelledby': 'headline' },
    heading(told),
    ...below,
  );
}

/** A live region too: whoever cannot see hears it at once. */
function heading({ headline, sentences }: Told, amount: string | null = null): HTMLElement {
  return element(
    'div',
    { class: 'told', role: 'status' },
    element('h2', { id: 'headline' }, headline),
    amount === null ? null : element('p', { class: 'amount' }, amount),
    ...sentences.map((text) => element('p', {}, text)),
  );
}
