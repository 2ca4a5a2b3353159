// Pausing a rollout, going on with it, ending it: after a yes, with a reason, and only as it was seen.
import { useState } from 'preact/hooks';
import type { RolloutView } from '../../../rollout/port.ts';
import { actsOn } from '../../said/rollout-words.ts';
import { act } from '../ask.ts';
import { Choice } from '../parts/choice.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { useMay } from '../session.ts';

const acts = {
  pause: {
    verb: 'Pause',
    means: 'No further box gets it. Those that have it keep it, and what they prove is still noted.',
  },
  resume: {
    verb: 'Resume',
    means: 'It goes on. What failed so far was seen by you, and does not stop it a second time.',
  },
  abort: { verb: 'Abort', means: 'It ends for good, and nobody further gets it.' },
} as const;
type Act = keyof typeof acts;
type Boxes = 'return' | 'keep';

interface Of {
  of: RolloutView;
  onDone: () => void;
}

export function RolloutActs({ of, onDone }: Of) {
  const [asked, setAsked] = useState<{ kind: Act; seen: RolloutView } | null>(null);
  const mayManage = useMay('rollout.manage');
  if (!mayManage) return null;
  const close = () => setAsked(null);
  return (
    <div class="buttons">
      {actsOn(of.state).map((kind) => (
        <button
          key={kind}
          type="button"
          class={kind === 'abort' ? 'danger' : kind === 'resume' ? 'lead' : ''}
          onClick={() => setAsked({ kind, seen: of })}
        >
          {acts[kind].verb} …
        </button>
      ))}
      {asked && (
        <Ask
          kind={asked.kind}
          of={asked.seen}
          onClose={close}
          onDone={() => {
            close();
            onDone();
          }}
        />
      )}
    </div>
  );
}

function Ask({ kind, of, onDone, onClose }: Of & { kind: Act; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [boxes, setBoxes] = useState<Boxes>('return');
  const { number, version } = of;
  const { verb, means } = acts[kind];
  const body = { kind, version, reason: reason.trim(), ...(kind === 'abort' && { boxes }) };
  return (
    <Confirm
      title={`${verb} rollout ${number}`}
      yes={verb}
      danger={kind === 'abort'}
      ready={reason.trim() !== ''}
      act={() => act<RolloutView>('POST', `/v1/rollouts/${number}/steps`, body)}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{means}</p>
      {kind === 'abort' && (
        <Choice
          label="Boxes that have it"
          value={boxes}
          of={[
            ['return', 'get back what they had'],
            ['keep', 'keep it'],
          ]}
          onValue={setBoxes}
          field
        />
      )}
      <Field
        label="Reason"
        hint="It stands in the history and in the audit log."
        value={reason}
        onValue={setReason}
        maxLength={500}
        required
      />
    </Confirm>
  );
}
