// The choice of a test card, as a dialog of the browser's own: it holds the focus, and Escape leaves it.
import { type TestCard, testCards } from '../shop/test-cards.ts';
import { element } from './element.ts';

export function chooseCard(pay: (card: TestCard) => void): void {
  const dialog = element('dialog', { class: 'payment', 'aria-labelledby': 'payment-title' });
  const choose = (card: TestCard) => {
    dialog.close();
    pay(card);
  };
  dialog.append(
    element('h2', { id: 'payment-title' }, 'Pay with a test card'),
    element('p', { class: 'test' }, 'For trying this page only. No card is charged and no money moves.'),
    element(
      'ul',
      {},
      ...testCards.map((card, i) =>
        element(
          'li',
          {},
          element(
            'button',
            {
              id: `card-${i}`,
              class: 'card',
              type: 'button',
              autofocus: i === 0,
              onclick: () => choose(card),
            },
            element('strong', {}, card.name),
            element('span', { class: 'digits' }, `${card.payment.scheme} ···· ${card.payment.last4}`),
            element('span', { class: 'what' }, card.what),
          ),
        ),
      ),
    ),
    element(
      'button',
      { class: 'quiet leave', type: 'button', onclick: () => dialog.close() },
      'Back to the basket',
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
