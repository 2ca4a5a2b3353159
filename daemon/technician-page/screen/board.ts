// How the box is, section by section. What a person touches is made once; what the box says is put in anew with each view.
import type { TechnicianView, Trouble } from '../../../contract/technician-api.ts';
import { element } from '../../kiosk-page/screen/element.ts';
import { agoWords, byUrgency, examinedWords, rowsOf, stateSigns } from '../said/words.ts';
import { card } from './sign-in.ts';

export interface Board {
  elements: HTMLElement[];
  show(view: TechnicianView): void;
}

export interface BoardActs {
  examine(): void;
  signOut(): void;
  /** The form that asks for a code for a kiosk. */
  pairing: HTMLElement;
}

export function createBoard({ examine, signOut, pairing }: BoardActs): Board {
  const now = element('p', { class: 'now' });
  const conditions = element('div', { id: 'conditions' });
  const rows = element('dl', { id: 'rows' });
  const examined = element('div', { id: 'examined' });
  const kiosks = element('div', { id: 'kiosks' });
  const troubles = element('div', { id: 'troubles' });
  const doctor = element('button', { type: 'button', id: 'examine', onclick: examine }, 'Run the doctor');

  return {
    elements: [
      card('Now', now, conditions),
      card('How it stands', rows),
      card('Doctor', doctor, examined),
      card('Kiosks', kiosks, pairing),
      card('Last warnings and errors', troubles),
      element('button', { type: 'button', id: 'sign-out', onclick: signOut }, 'Sign out'),
    ],
    show(view) {
      now.textContent = sentence(view.headline);
      conditions.replaceChildren(conditionsOf(view));
      rows.replaceChildren(
        ...rowsOf(view).map(({ name, words }) =>
          element('div', {}, element('dt', {}, name), element('dd', {}, sentence(words))),
        ),
      );
      // Not disabled while it runs: a button that had the focus keeps it.
      doctor.setAttribute('aria-disabled', String(view.examination.kind === 'running'));
      doctor.textContent = view.examination.kind === 'running' ? 'The doctor looks…' : 'Run the doctor';
      examined.replaceChildren(...examinationOf(view));
      kiosks.replaceChildren(kiosksOf(view));
      troubles.replaceChildren(troublesOf(view));
    },
  };
}

function conditionsOf({ status, nowMs }: TechnicianView): HTMLElement {
  const { conditions } = status;
  if (conditions.length === 0) return element('p', {}, 'Nothing needs you.');
  const items = conditions.map(({ code, hint, sinceMs }) =>
    marked('warning', [
      element('h3', {}, code),
      sinceMs > 0 ? element('p', { class: 'quiet' }, `since ${agoWords(sinceMs, nowMs)}`) : null,
      element('p', { class: 'hint' }, hint),
    ]),
  );
  return element('ul', { class: 'marked' }, ...items);
}

function examinationOf({ examination, nowMs }: TechnicianView): HTMLElement[] {
  switch (examination.kind) {
    case 'never':
      return [
        element('p', { class: 'quiet' }, 'About twenty checks, each with what to do. Selling goes on.'),
      ];
    case 'running':
      return [element('p', {}, 'It looks at the box and at the way to central. Up to half a minute.')];
    case 'failed':
      return [element('p', { class: 'said' }, examination.words)];
    case 'done': {
      const { checks, atMs } = examination;
      const items = byUrgency(checks).map(({ code, state, words, hint }) =>
        marked(state, [
          element('h3', {}, code),
          element('p', {}, words),
          hint === undefined || state === 'ok' ? null : element('p', { class: 'hint' }, hint),
        ]),
      );
      const when = `${examinedWords(checks)} Looked ${agoWords(atMs, nowMs)}.`;
      return [element('p', { id: 'found' }, when), element('ul', { class: 'marked' }, ...items)];
    }
  }
}

function kiosksOf({ kiosks, nowMs }: TechnicianView): HTMLElement {
  if (kiosks === null)
    return element('p', { class: 'said' }, 'The file of kiosks cannot be read. Run the doctor.');
  if (kiosks.length === 0) return element('p', {}, 'No kiosk is paired.');
  const items = kiosks.map(({ name, scopes, lastSeenMs }) => {
    const seen =
      lastSeenMs === null ? 'not seen since the service started' : `seen ${agoWords(lastSeenMs, nowMs)}`;
    return element(
      'li',
      {},
      element('h3', {}, name),
      element('p', { class: 'quiet' }, `${scopes.join(', ')}; ${seen}`),
    );
  });
  return element('ul', { class: 'marked plain' }, ...items);
}

function troublesOf({ troubles, nowMs }: TechnicianView): HTMLElement {
  if (troubles.length === 0) return element('p', {}, 'None since the service started.');
  return element('ul', { class: 'marked' }, ...troubles.map((one) => troubleOf(one, nowMs)));
}

function troubleOf({ atMs, level, message, code, detail, times }: Trouble, nowMs: number): HTMLElement {
  const often = times === 1 ? '' : `, ${times} times`;
  return marked(level === 'error' ? 'error' : 'warning', [
    element('h3', {}, message),
    element('p', { class: 'quiet' }, `${agoWords(atMs, nowMs)}${often}`),
    code === null ? null : element('p', {}, element('code', {}, code)),
    detail === '' ? null : element('p', {}, detail),
  ]);
}

/** With the sign for who sees it, and the word for who hears it. */
function marked(state: keyof typeof stateSigns, content: (Node | null)[]): HTMLElement {
  const [sign, word] = stateSigns[state];
  return element(
    'li',
    {},
    element('span', { class: 'sign', 'data-state': state, role: 'img', 'aria-label': word }, sign),
    ...content,
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
