// Windows of maintenance: when nobody is called for a box, a site, or at all.
import { useState } from 'preact/hooks';
import type { Maintenance } from '../../../alerts/words.ts';
import { actorName } from '../../said/actor.ts';
import { hourMs, scopeWords, spans } from '../../said/alert-words.ts';
import { act } from '../ask.ts';
import { Card } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';

export function MaintenanceWindows() {
  const windows = useAnswer<{ items: Maintenance[] }>('/v1/maintenance', (about) =>
    /Maintenance/.test(about),
  );
  const [asked, setAsked] = useState<Maintenance | 'new' | null>(null);
  const mayManage = useMay('maintenance.manage');
  const items = windows.value?.items ?? [];
  const close = () => setAsked(null);
  const done = () => {
    close();
    windows.again();
  };
  return (
    <Card
      title="Maintenance"
      aside={
        mayManage && (
          <button type="button" class="small" onClick={() => setAsked('new')}>
            New window …
          </button>
        )
      }
    >
      <Failure of={windows} />
      {windows.value !== null && items.length === 0 && (
        <Empty title="No window holds">In a window nobody is called for what is worked on.</Empty>
      )}
      {items.length > 0 && (
        <Table
          label="Maintenance"
          head={['What', 'From', 'Until', 'Reason', 'By', 'Actions']}
          rows={items.map((one) => ({
            key: one.number,
            cells: [
              scopeWords(one.scope),
              <Time ms={one.fromMs} />,
              <Time ms={one.untilMs} />,
              one.reason,
              actorName(one.by),
              mayManage && (
                <button
                  type="button"
                  class="small"
                  aria-label={`End window ${one.number}`}
                  onClick={() => setAsked(one)}
                >
                  End …
                </button>
              ),
            ],
          }))}
        />
      )}
      {asked === 'new' && <NewWindow onDone={done} onClose={close} />}
      {asked !== null && asked !== 'new' && <EndWindow of={asked} onDone={done} onClose={close} />}
    </Card>
  );
}

interface Asked {
  onDone: () => void;
  onClose: () => void;
}
type Kind = Maintenance['scope']['kind'];

function NewWindow({ onDone, onClose }: Asked) {
  const [kind, setKind] = useState<Kind>('site');
  const [name, setName] = useState('');
  const [hours, setHours] = useState<(typeof spans)[number][0]>('4');
  const [reason, setReason] = useState('');
  const scope = () => {
    if (kind === 'all') return { kind };
    return kind === 'site' ? { kind, site: name.trim() } : { kind, applianceId: name.trim() };
  };
  return (
    <Confirm
      title="A window of maintenance"
      yes="Begin it"
      ready={reason.trim() !== '' && (kind === 'all' || name.trim() !== '')}
      act={() =>
        act<Maintenance>('POST', '/v1/maintenance', {
          ...{ scope: scope(), reason: reason.trim() },
          untilMs: Date.now() + Number(hours) * hourMs,
        })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label="For"
        value={kind}
        of={[
          ['site', 'A site'],
          ['appliance', 'A box'],
          ['all', 'The whole fleet'],
        ]}
        onValue={setKind}
        field
      />
      {kind !== 'all' && (
        <Field
          label={kind === 'site' ? 'Name of the site' : 'Appliance'}
          value={name}
          onValue={setName}
          maxLength={kind === 'site' ? 100 : 64}
          autocapitalize="none"
          required
        />
      )}
      <Choice label="From now, for" value={hours} of={spans} onValue={setHours} field />
      <Field label="Reason" value={reason} onValue={setReason} maxLength={1000} required />
    </Confirm>
  );
}

function EndWindow({ of, onDone, onClose }: Asked & { of: Maintenance }) {
  const [reason, setReason] = useState('');
  return (
    <Confirm
      title={`End the window of ${scopeWords(of.scope)}`}
      yes="End it"
      ready={reason.trim() !== ''}
      act={() => act<Maintenance>('POST', `/v1/maintenance/${of.number}/end`, { reason: reason.trim() })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>Whatever is still wrong calls somebody again.</p>
      <Field label="Reason" value={reason} onValue={setReason} maxLength={1000} required />
    </Confirm>
  );
}
