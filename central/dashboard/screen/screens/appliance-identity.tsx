// Who an appliance is, and what can be done with it: by whoever may, after a yes, with a reason that the audit log keeps.
import { useState } from 'preact/hooks';
import type { CertificateView } from '../../../enrolment/port.ts';
import type { IdentityView } from '../../../enrolment/standing-port.ts';
import { spanWords } from '../../said/words.ts';
import { act } from '../ask.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Time, useNow } from '../parts/time.tsx';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';

const acts = {
  revocation: {
    verb: 'Revoke',
    means:
      'It is shut out at once and its live connection is closed. What it has sold and not sent yet does not arrive any more until it is readmitted.',
    danger: true,
  },
  retirement: {
    verb: 'Retire',
    means: 'It ends for good. That is possible only once everything it wrote is here.',
    danger: true,
  },
  readmission: {
    verb: 'Readmit',
    means: 'It may enrol again by a new code. The certificates it had before stay revoked.',
    danger: false,
  },
} as const;
type Act = keyof typeof acts;

export function ApplianceIdentity({ id }: { id: string }) {
  const path = `/v1/appliances/${encodeURIComponent(id)}`;
  const identity = useAnswer<IdentityView>(`${path}/identity`, (about) => /Appliance|Condition/.test(about));
  const [asked, setAsked] = useState<Act | null>(null);
  const mayRevoke = useMay('appliance.revoke');
  const mayManage = useMay('appliance.manage');
  const { value } = identity;
  const denied = value?.denial && value.denial.readmittedMs === null ? value.denial : null;
  const offered: Act[] = [
    ...(denied === null && mayRevoke ? (['revocation'] as const) : []),
    ...(denied === null && mayManage ? (['retirement'] as const) : []),
    ...(denied !== null && mayManage ? (['readmission'] as const) : []),
  ];
  return (
    <Card title="Identity">
      <Failure of={identity} />
      {value && (
        <>
          <Certificate of={value.certificates[0]} />
          {denied && (
            <Facts
              of={[
                [
                  'Shut out',
                  <>
                    {denied.kind} <Time ms={denied.atMs} />
                  </>,
                ],
                ['Reason', denied.reason],
              ]}
            />
          )}
          {offered.length > 0 && (
            <div class="buttons start">
              {offered.map((one) => (
                <button
                  key={one}
                  type="button"
                  class={acts[one].danger ? 'danger' : ''}
                  onClick={() => setAsked(one)}
                >
                  {acts[one].verb} …
                </button>
              ))}
            </div>
          )}
        </>
      )}
      {asked && (
        <Ask
          id={id}
          asked={asked}
          path={`${path}/${asked}`}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            identity.again();
          }}
        />
      )}
    </Card>
  );
}

function Ask(props: { id: string; asked: Act; path: string; onClose: () => void; onDone: () => void }) {
  const { id, asked, path, onClose, onDone } = props;
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { verb, means, danger } = acts[asked];
  return (
    <Confirm
      title={`${verb} ${id}`}
      yes={verb}
      danger={danger}
      ready={reason.trim() !== '' && (!danger || typed === id)}
      act={() => act<IdentityView>('POST', path, { reason: reason.trim() })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{means}</p>
      <Field
        label="Reason"
        hint="It stands in the audit log."
        value={reason}
        onValue={setReason}
        maxLength={1000}
        required
      />
      {danger && (
        <Field label={`Type ${id} to confirm`} value={typed} onValue={setTyped} autocomplete="off" required />
      )}
    </Confirm>
  );
}

function Certificate({ of }: { of: CertificateView | undefined }) {
  const nowMs = useNow(60_000);
  if (!of) return <Empty title="No certificate yet">It gets one with its code.</Empty>;
  const leftMs = of.notAfterMs - nowMs;
  return (
    <Facts
      of={[
        ['Certificate', <code>{of.serial}</code>],
        ['Issued', <Time ms={of.issuedMs} />],
        [
          'Ends',
          <>
            <Time ms={of.notAfterMs} />{' '}
            <span class="quiet">
              {leftMs > 0 ? `in ${spanWords(leftMs)}` : `over for ${spanWords(-leftMs)}`}
            </span>
          </>,
        ],
        ...(of.revokedMs === null ? [] : [['Revoked', <Time ms={of.revokedMs} />] as const]),
      ]}
    />
  );
}
