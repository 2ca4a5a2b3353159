// One-time codes, and how far each box came with its own. A code is shown once, when it is made.
import { useState } from 'preact/hooks';
import type { EnrolmentView } from '../../../enrolment/port.ts';
import { enrolmentSteps, enrolmentWords, stepsDone } from '../../said/enrolment-words.ts';
import { act } from '../ask.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice } from '../parts/choice.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { to, useQuery } from '../route.ts';
import { useMay } from '../session.ts';
import { usePages } from '../use-pages.ts';
import { type MadeEnrolment, NewEnrolment, SlipOnce } from './new-enrolment.tsx';

type Asked =
  | { kind: 'new' }
  | { kind: 'slip'; made: MadeEnrolment }
  | { kind: 'cancel'; enrolment: EnrolmentView };

export function Enrolments() {
  const [which, setWhich] = useQuery<'open' | 'all'>('which', 'open');
  const query = which === 'open' ? 'open=true' : 'limit=50';
  // A box that comes with its code shows in the fleet, too.
  const enrolments = usePages<EnrolmentView>(`/v1/enrolments?${query}`, (about) =>
    /Enrolment|^fleet/.test(about),
  );
  const [asked, setAsked] = useState<Asked | null>(null);
  const mayManage = useMay('enrolment.manage');
  const close = () => setAsked(null);
  return (
    <>
      <div class="title">
        <h1>Enrolments</h1>
        <p class="quiet">One code a box, which opens once.</p>
        <Choice
          label="Show"
          value={which}
          of={[
            ['open', 'On their way'],
            ['all', 'All'],
          ]}
          onValue={setWhich}
        />
        {mayManage && (
          <button type="button" class="lead" onClick={() => setAsked({ kind: 'new' })}>
            New code …
          </button>
        )}
      </div>
      <Failure of={enrolments.first} />
      {enrolments.items?.length === 0 && (
        <Empty title={which === 'open' ? 'No box is on its way' : 'No code was made yet'}>
          <p>
            {mayManage
              ? 'Make a code for the next box. Its technician scans the slip, and each step shows here.'
              : 'An admin makes the code for the next box; each step of it shows here.'}
          </p>
        </Empty>
      )}
      {enrolments.items !== null && enrolments.items.length > 0 && (
        <div class="card">
          <Table
            label="Enrolments"
            head={['Appliance', 'Site', 'How far', 'Made', 'Valid until', 'Actions']}
            rows={enrolments.items.map((enrolment) => ({
              key: enrolment.number,
              cells: [
                <a href={to('appliances', enrolment.applianceId)}>{enrolment.applianceId}</a>,
                enrolment.site,
                <HowFar of={enrolment} />,
                <>
                  <Time ms={enrolment.createdMs} /> <span class="quiet">by {enrolment.createdBy}</span>
                </>,
                <Time ms={enrolment.expiresMs} />,
                mayManage && enrolment.state === 'created' && (
                  <button
                    type="button"
                    class="small"
                    aria-label={`Cancel the code of ${enrolment.applianceId}`}
                    onClick={() => setAsked({ kind: 'cancel', enrolment })}
                  >
                    Cancel …
                  </button>
                ),
              ],
            }))}
          />
          <More of={enrolments} />
        </div>
      )}
      {asked?.kind === 'new' && (
        <NewEnrolment
          onDone={(made) => {
            setAsked({ kind: 'slip', made });
            enrolments.first.again();
          }}
          onClose={close}
        />
      )}
      {asked?.kind === 'slip' && <SlipOnce made={asked.made} onClose={close} />}
      {asked?.kind === 'cancel' && (
        <Cancel
          enrolment={asked.enrolment}
          onDone={() => {
            close();
            enrolments.first.again();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

function HowFar({ of: { state, wrongAttempts } }: { of: EnrolmentView }) {
  const { words, tone, means } = enrolmentWords[state];
  const done = stepsDone(state);
  return (
    <span class="how-far">
      {done !== null && (
        <span class="steps-done" aria-hidden="true">
          {Array.from({ length: enrolmentSteps }, (_, i) => (
            <span key={i} class={i < done ? 'fill-good' : 'fill-none'} />
          ))}
        </span>
      )}
      <Badge tone={tone}>{words}</Badge>{' '}
      <span class="quiet">
        {means} {wrongAttempts > 0 && `${wrongAttempts} wrong codes were tried.`}
      </span>
    </span>
  );
}

function Cancel(props: { enrolment: EnrolmentView; onDone: () => void; onClose: () => void }) {
  const { enrolment, onDone, onClose } = props;
  const [reason, setReason] = useState('');
  return (
    <Confirm
      title={`Cancel the code of ${enrolment.applianceId}`}
      yes="Cancel the code"
      danger
      ready={reason.trim() !== ''}
      act={() =>
        act<EnrolmentView>('POST', `/v1/enrolments/${enrolment.number}/cancellation`, {
          reason: reason.trim(),
        })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p>Nobody can use it any more. A new one can be made for the same box.</p>
      <Field
        label="Reason"
        hint="It stands in the audit log."
        value={reason}
        onValue={setReason}
        maxLength={1000}
        required
      />
    </Confirm>
  );
}
