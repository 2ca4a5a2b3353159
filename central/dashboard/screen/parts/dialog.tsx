// A question that must be answered before anything else: the browser's own dialog, so that focus, Escape and what lies behind it
// are as people and their tools know them.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Answered, refusalWords } from '../ask.ts';

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={props.onClose}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** Something is done after a yes; a refusal stays where it was asked. @param ready what must be typed is typed */
export function Confirm<T>(props: {
  title: string;
  yes: string;
  danger?: boolean;
  ready?: boolean;
  act: () => Promise<Answered<T>>;
  onDone: (value: T) => void;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const { title, yes, danger = false, ready = true, act, onDone, onClose, children } = props;
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setSaid('');
    const answer = await act();
    setBusy(false);
    if (answer.kind === 'answered') onDone(answer.value);
    else setSaid(refusalWords(answer));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        {children}
        <Refusal words={said} />
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={danger ? 'danger' : 'lead'} disabled={busy || !ready}>
            {yes}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Refusal({ words }: { words: string }) {
  return (
    <p class="refusal" role="alert">
      {words}
    </p>
  );
}
