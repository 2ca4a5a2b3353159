// Lines of a name and an amount, as many as are needed, and what they come to.
import type { Line } from '../../said/typed-lines.ts';
import { Field } from './field.tsx';

/** As central takes them. */
const linesMax = 20;

export function LineFields(props: {
  label: string;
  hint: string;
  currency: string;
  lines: readonly Line[];
  onLines: (lines: Line[]) => void;
  sum: string;
}) {
  const { label, hint, currency, lines, onLines, sum } = props;
  const change = (at: number, part: Partial<Line>) =>
    onLines(lines.map((line, i) => (i === at ? { ...line, ...part } : line)));
  return (
    <fieldset class="lines">
      <legend class="hint">{hint}</legend>
      {lines.map(({ name, amount }, i) => (
        <div class="line" key={i}>
          <Field
            label={`${label} ${i + 1}`}
            value={name}
            onValue={(next) => change(i, { name: next })}
            autocapitalize="none"
            autocomplete="off"
            maxLength={100}
          />
          <Field
            label={`Amount ${i + 1}, ${currency}`}
            value={amount}
            onValue={(next) => change(i, { amount: next })}
            autocomplete="off"
            maxLength={20}
          />
        </div>
      ))}
      <div class="line">
        <p role="status">{sum}</p>
        <button
          type="button"
          disabled={lines.length >= linesMax}
          onClick={() => onLines([...lines, { name: '', amount: '' }])}
        >
          One more line
        </button>
      </div>
    </fieldset>
  );
}
