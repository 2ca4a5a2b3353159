// What cannot be shown, and why; what was read before stays on the screen.
import { refusalWords } from '../ask.ts';
import type { Standing } from '../use-answer.ts';

export function Failure<T>({ of }: { of: Standing<T> }) {
  if (of.failure === null) return null;
  return (
    <p class="banner bad" role="alert">
      {refusalWords(of.failure)} {of.value !== null && 'What is shown was read before.'}{' '}
      <button type="button" onClick={of.again}>
        Try again
      </button>
    </p>
  );
}
