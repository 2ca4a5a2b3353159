// Taking an alert up, and putting it off, by whoever may: with a note that the next one reads.
import { useState } from 'preact/hooks';
import type { Alert } from '../../../alerts/words.ts';
import { causeWords, hourMs, spans, subjectWords } from '../../said/alert-words.ts';
import { act } from '../ask.ts';
import { Choice } from '../parts/choice.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { useMay } from '../session.ts';

type Act = 'acknowledgement' | 'snooze';
type Hours = (typeof spans)[number][0];

export function AlertActs({ of, onDone }: { of: Alert; onDone: () => void }) {
  const [asked, setAsked] = useState<Act | null>(null);
  const mayAct = useMay('alert.acknowledge');
  if (!mayAct || of.state !== 'open') return null;
  return (
    <div class="buttons start">
      <button type="button" class="lead" onClick={() => setAsked('acknowledgement')}>
        Acknowledge …
      </button>
      <button type="button" onClick={() => setAsked('snooze')}>
        Snooze …
      </button>
      {asked && (
        <Ask
          of={of}
          asked={asked}
          onDone={() => {
            setAsked(null);
            onDone();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

function Ask(props: { of: Alert; asked: Act; onDone: () => void; onClose: () => void }) {
  const { of, asked, onDone, onClose } = props;
  const [note, setNote] = useState('');
  const [hours, setHours] = useState<Hours>('1');
  const snooze = asked === 'snooze';
  const verb = snooze ? 'Snooze' : 'Acknowledge';
  const body = () => ({
    note: note.trim(),
    ...(snooze && { untilMs: Date.now() + Number(hours) * hourMs }),
  });
  return (
    <Confirm
      title={`${verb}: ${causeWords(of.rule)} · ${subjectWords(of)}`}
      yes={verb}
      ready={note.trim() !== ''}
      act={() => act<Alert>('POST', `/v1/alerts/${of.number}/${asked}`, body())}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        {snooze
          ? 'Until then nobody is told more of it. It stays open.'
          : 'It is yours from now on, and is not escalated any more.'}
      </p>
      {snooze && <Choice label="For" value={hours} of={spans} onValue={setHours} field />}
      <Field
        label="Note"
        hint="Whoever looks next reads it."
        value={note}
        onValue={setNote}
        maxLength={1000}
        required
      />
    </Confirm>
  );
}
