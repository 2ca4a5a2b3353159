// A one-time code for a box: asked for by its site, and shown once, as the slip that the technician scans.
import { useState } from 'preact/hooks';
import type { EnrolmentView, SiteView } from '../../../enrolment/port.ts';
import type { Slip } from '../../../enrolment/slip.ts';
import { readEnrolment } from '../../said/enrolment-words.ts';
import { act } from '../ask.ts';
import { Facts } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Qr } from '../parts/qr.tsx';
import { Time } from '../parts/time.tsx';
import { useAnswer } from '../use-answer.ts';

export interface MadeEnrolment {
  enrolment: EnrolmentView;
  slip: Slip;
}

export function NewEnrolment(props: { onDone: (made: MadeEnrolment) => void; onClose: () => void }) {
  const { onDone, onClose } = props;
  const sites = useAnswer<{ items: SiteView[] }>('/v1/sites', (about) => /Site/.test(about));
  const [form, setForm] = useState({ site: '', newSite: '', applianceId: '', days: '14' });
  const change = (changed: Partial<typeof form>) => setForm((before) => ({ ...before, ...changed }));
  const body = readEnrolment(form);
  const known = (sites.value?.items ?? []).map(({ name }) => [name, name] as const);
  return (
    <Confirm
      title="A code for a box"
      yes="Make the code"
      ready={body !== null}
      act={() => act<MadeEnrolment>('POST', '/v1/enrolments', body ?? {})}
      onDone={onDone}
      onClose={onClose}
    >
      <Choice
        label="Site"
        value={form.site}
        of={[['', 'A new one'], ...known]}
        onValue={(site) => change({ site })}
        field
      />
      {form.site === '' && (
        <Field
          label="Name of the new site"
          value={form.newSite}
          onValue={(newSite) => change({ newSite })}
          maxLength={100}
          autocomplete="off"
        />
      )}
      <Field
        label="Appliance"
        hint="The next of the site, where nothing is typed."
        value={form.applianceId}
        onValue={(applianceId) => change({ applianceId })}
        autocomplete="off"
        autocapitalize="none"
      />
      <Field
        label="Valid for days"
        hint="From 1 to 90."
        value={form.days}
        onValue={(days) => change({ days })}
        inputMode="numeric"
      />
    </Confirm>
  );
}

export function SlipOnce({ made, onClose }: { made: MadeEnrolment; onClose: () => void }) {
  const { enrolment, slip } = made;
  return (
    <Dialog title={`Slip of ${slip.appliance}`} onClose={onClose}>
      <p>
        It is shown only now. On the box run <code>holdfast enrol</code>, and scan this or type what stands
        below. The code opens once, until <Time ms={enrolment.expiresMs} />.
      </p>
      <div class="slip">
        <Qr text={JSON.stringify(slip)} label={`Slip of ${slip.appliance} as a QR code`} />
        <Facts
          of={[
            ['Site', enrolment.site],
            ['Appliance', <code>{slip.appliance}</code>],
            ['Code', <code class="slip-code">{slip.code}</code>],
            ['EST', <code>{slip.est}</code>],
            ['Root', <code>{slip.root}</code>],
          ]}
        />
      </div>
      <div class="buttons">
        <button type="button" class="lead" onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  );
}
