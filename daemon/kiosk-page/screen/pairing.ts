// The screen on which a kiosk becomes known: the technician's code for a token of its own.
import type { Pairing } from '../../../contract/pairing.ts';
import { type PairOptions, pair, unfinishedPairing } from '../../../kiosk/pair.ts';
import type { KioskStorage } from '../../../kiosk/storage.ts';
import { problemWords } from '../shop/words.ts';
import { element } from './element.ts';

type Options = Omit<PairOptions, 'code' | 'keep'> & { storage: KioskStorage };

/** @returns the screen, and what resolves once this kiosk has a token */
export async function pairingScreen(
  why: string,
  options: Options,
  keep: (paired: Pairing) => void,
): Promise<{ element: HTMLElement; paired: Promise<void> }> {
  const { promise: paired, resolve } = Promise.withResolvers<void>();
  const said = element('p', { id: 'pairing-said', role: 'status' });
  const input = element('input', {
    id: 'code',
    name: 'code',
    'data-focus': true,
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    maxlength: 64,
    required: true,
    'aria-describedby': 'pairing-said',
    // What a reload interrupted is asked under the same id.
    value: (await unfinishedPairing(options.storage)) ?? '',
  });
  const submit = async (event: Event) => {
    event.preventDefault();
    said.textContent = 'Asking the appliance…';
    const result = await pair({ ...options, code: input.value, keep });
    switch (result.kind) {
      case 'paired':
        return resolve();
      case 'refused':
        said.textContent = problemWords(result.problem).join(' ');
        return input.select();
      case 'unavailable':
        said.textContent = 'The appliance does not answer. Send the same code again in a moment.';
    }
  };
  const form = element(
    'form',
    { onsubmit: (event) => void submit(event) },
    element('label', { for: 'code' }, 'Pairing code'),
    input,
    element('button', { id: 'pair', class: 'pay', type: 'submit' }, 'Pair this kiosk'),
    said,
  );
  const screen = element(
    'section',
    { class: 'ending pairing', 'aria-labelledby': 'headline' },
    element('h2', { id: 'headline' }, 'This kiosk is not paired'),
    element('p', {}, why),
    element(
      'p',
      {},
      'At the appliance, ',
      element('code', {}, 'holdfast kiosk pair --name till-1'),
      ' prints a code that works once.',
    ),
    form,
  );
  return { element: screen, paired };
}
