// A code for a kiosk: the form that asks for one, and the screen that shows it to a scanner and to a person.
import type { KioskScope } from '../../../contract/pairing.ts';
import type { PairingOffer } from '../../../contract/technician-api.ts';
import { durationWords } from '../../commands/duration-words.ts';
import { element } from '../../kiosk-page/screen/element.ts';
import { makeCode, problemWords } from './ask.ts';
import { card } from './sign-in.ts';

/** To hand money back is granted by name. */
const roles: readonly { words: string; scopes: KioskScope[] }[] = [
  { words: 'Sells', scopes: ['sell', 'read'] },
  { words: 'Sells and refunds', scopes: ['sell', 'refund', 'read'] },
  { words: 'Picks and hands over', scopes: ['fulfil', 'read'] },
  { words: 'Reads alone', scopes: ['read'] },
];

export function pairingForm(onOffer: (offer: PairingOffer) => void): HTMLElement {
  const said = element('p', { class: 'said', id: 'pairing-said', role: 'alert' });
  const name = element('input', {
    id: 'kiosk-name',
    required: true,
    maxlength: 32,
    pattern: '[a-z0-9][a-z0-9\\-]*',
    title: '1 to 32 of a-z, 0-9 and -',
    placeholder: 'till-1',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'pairing-said',
  });
  const role = element(
    'select',
    { id: 'kiosk-role' },
    ...roles.map(({ words }, i) => element('option', { value: i }, words)),
  );
  const submit = async () => {
    const scopes = roles[Number(role.value)]?.scopes ?? ['read'];
    const answer = await makeCode({ name: name.value, scopes });
    switch (answer.kind) {
      case 'answered':
        said.textContent = '';
        name.value = '';
        return onOffer(answer.value);
      case 'refused':
        said.textContent = problemWords(answer.problem);
        return;
      case 'unanswered':
        said.textContent = 'The box does not answer. Try again in a moment.';
    }
  };
  return element(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        void submit();
      },
    },
    element('label', {}, 'Name of the kiosk', name),
    element('label', {}, 'What it may do', role),
    element('button', { type: 'submit', id: 'pair' }, 'Pair a kiosk'),
    said,
  );
}

/** @returns the screen, and what is called with each second and when a kiosk has used the code */
export function offerScreen(offer: PairingOffer, onBack: () => void) {
  const { name, scopes, code, validSeconds, qr } = offer;
  const endMs = performance.now() + validSeconds * 1000;
  const state = element('p', { id: 'offer-state', role: 'status' });
  const shown = element('div', {}, qrCode(qr, code), element('p', { class: 'code', id: 'code' }, code));
  const left = element('p', { class: 'quiet' });
  const screen = card(
    `Code for ${name}`,
    element('p', {}, `May: ${scopes.join(', ')}. Type or scan it at the kiosk. It works once.`),
    shown,
    left,
    state,
    element(
      'button',
      { type: 'button', class: 'lead', id: 'back', 'data-focus': true, onclick: onBack },
      'Back',
    ),
  );
  let over = false;
  const end = (words: string) => {
    over = true;
    shown.remove();
    left.remove();
    state.textContent = words;
  };
  return {
    screen,
    tick() {
      const ms = endMs - performance.now();
      if (over) return;
      if (ms <= 0) end('The code is over. Make another.');
      else left.textContent = `Good for another ${durationWords(ms)}.`;
    },
    paired() {
      if (!over) end(`${name} is paired.`);
    },
  };
}

const svg = 'http://www.w3.org/2000/svg';

/** One path of unit squares, sharp at every size. */
function qrCode(rows: readonly string[], code: string): Element {
  const path = document.createElementNS(svg, 'path');
  const squares = rows.flatMap((row, y) =>
    [...row].map((dark, x) => (dark === '1' ? `M${x} ${y}h1v1h-1z` : '')),
  );
  path.setAttribute('d', squares.join(''));
  path.setAttribute('fill', 'currentColor');
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('viewBox', `0 0 ${rows.length} ${rows.length}`);
  picture.setAttribute('class', 'qr');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `QR code of ${code}`);
  picture.setAttribute('shape-rendering', 'crispEdges');
  picture.append(path);
  return picture;
}
