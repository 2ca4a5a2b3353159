// One of a few, with its name before it: what a list is narrowed by, or a field of a question.
import { useId } from 'preact/hooks';

export function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  of: readonly (readonly [value: Value, words: string])[];
  onValue: (value: Value) => void;
  /** The name stands above, as with other fields of a question. */
  field?: true;
}) {
  const id = useId();
  const { label, value, of, onValue, field } = props;
  return (
    <div class={field ? 'field' : 'choice'}>
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value as Value)}>
        {of.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
