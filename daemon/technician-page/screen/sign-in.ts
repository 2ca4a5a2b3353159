// The screens before somebody is signed in: no PIN is set, or which one it is.
import { element } from '../../kiosk-page/screen/element.ts';
import { waitWords } from '../said/words.ts';
import { problemWords, signIn } from './ask.ts';

export function noPinScreen(state: 'no_pin' | 'pin_damaged'): HTMLElement {
  const headline = state === 'no_pin' ? 'No PIN is set' : 'The PIN cannot be read';
  return card(
    headline,
    element('p', {}, 'Behind a PIN this page shows how the box is, and pairs kiosks. Set one at the box:'),
    element('code', { class: 'command' }, 'holdfast pin set'),
    element('p', { class: 'quiet' }, 'Then this page asks for it, without being loaded anew.'),
  );
}

const busyMs = 1100;
const busyTriesMax = 5;

export interface SignInScreen {
  element: HTMLElement;
  /** The box looks at a PIN again: another was set there meanwhile. */
  lift(): void;
}

export function signInScreen(waitSeconds: number, onSignedIn: () => void): SignInScreen {
  const said = element('p', { class: 'said', id: 'said', role: 'alert' });
  const button = element('button', { type: 'submit', class: 'lead', id: 'sign-in' }, 'Sign in');
  const input = element('input', {
    id: 'pin',
    type: 'password',
    inputmode: 'numeric',
    autocomplete: 'off',
    pattern: '[0-9]{6,12}',
    title: '6 to 12 digits',
    maxlength: 12,
    required: true,
    'data-focus': true,
    'aria-describedby': 'said',
  });
  let waitEndMs = 0;
  const wait = (seconds: number) => {
    waitEndMs = performance.now() + seconds * 1000;
    button.disabled = true;
    tick();
  };
  /** A long wait is not read out every second. */
  const tick = () => {
    const seconds = Math.ceil((waitEndMs - performance.now()) / 1000);
    if (seconds <= 0) return lift();
    said.textContent = waitWords(seconds);
    // A screen that is gone counts no further.
    setTimeout(() => said.isConnected && waitEndMs > 0 && tick(), seconds > 60 ? 15_000 : 1000);
  };
  const lift = () => {
    if (waitEndMs === 0) return;
    waitEndMs = 0;
    button.disabled = false;
    said.textContent = '';
  };
  const submit = async () => {
    button.disabled = true;
    const answer = await signInWhenFree(input.value);
    button.disabled = false;
    input.value = '';
    input.focus();
    switch (answer.kind) {
      case 'answered':
        return onSignedIn();
      case 'refused':
        said.textContent = problemWords(answer.problem);
        if (answer.waitSeconds > 0) wait(answer.waitSeconds);
        return;
      case 'unanswered':
        said.textContent = 'The box does not answer. Try again in a moment.';
    }
  };
  const form = element(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        void submit();
      },
    },
    element('label', { for: 'pin' }, 'PIN of this box'),
    input,
    button,
    said,
  );
  if (waitSeconds > 0) wait(waitSeconds);
  const forgotten = element('p', { class: 'quiet' }, 'Forgotten? At the box: holdfast pin set');
  return { element: card('Technician', form, forgotten), lift };
}

/** Another PIN may be looked at: asked again, so that of two technicians at once both come in. */
async function signInWhenFree(pin: string): ReturnType<typeof signIn> {
  for (let n = 1; ; n++) {
    const answer = await signIn(pin);
    const isBusy = answer.kind === 'refused' && answer.problem.code === 'busy';
    if (!isBusy || n === busyTriesMax) return answer;
    await new Promise((resolve) => setTimeout(resolve, busyMs));
  }
}

export function card(headline: string, ...content: (Node | null)[]): HTMLElement {
  const id = `about-${headline.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  return element(
    'section',
    { class: 'card', 'aria-labelledby': id },
    element('h2', { id }, headline),
    ...content,
  );
}
