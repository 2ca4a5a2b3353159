// One thing that is typed, with its name above and a hint below.
import { useId } from 'preact/hooks';

export function Field(props: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  type?: 'text' | 'password';
  name?: string;
  autocomplete?: string;
  autocapitalize?: 'none';
  inputMode?: 'numeric';
  maxLength?: number;
  required?: boolean;
}) {
  const id = useId();
  const { label, hint, onValue, type = 'text', ...input } = props;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        // The two are one kind of input; their types are told apart for others' sake.
        type={type as 'text'}
        id={id}
        {...(hint && { 'aria-describedby': `${id}-hint` })}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
