// What a box's doctor found last, how old that is, and asking for a new look.
import { useMemo, useState } from 'preact/hooks';
import type { DoctorCheck } from '../../../../contract/doctor.ts';
import type { Doctor } from '../../../doctor/answers.ts';
import type { FleetMember } from '../../../fleet/answers.ts';
import {
  checkTones,
  checkWords,
  doctorStanding,
  summaryWords,
  worstChecks,
} from '../../said/doctor-words.ts';
import { act, refusalWords } from '../ask.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Refusal } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Ago, Time, useNow } from '../parts/time.tsx';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';

export function ApplianceDoctor({ id, state }: { id: string; state: FleetMember['state']['kind'] }) {
  const path = `/v1/appliances/${encodeURIComponent(id)}/doctor`;
  // The box says it with a report: the fleet tells of that.
  const doctor = useAnswer<Doctor>(path, (about) => about === `fleet ${id}` || about === 'askDoctor');
  const [said, setSaid] = useState('');
  const mayAsk = useMay('doctor.ask');
  const nowMs = useNow(1000);
  const ask = async () => {
    const answer = await act('POST', path);
    setSaid(answer.kind === 'answered' ? '' : refusalWords(answer));
    doctor.again();
  };
  const { value } = doctor;
  // A browser's clock may be minutes off central's.
  const aheadMs = useMemo(() => (value ? value.nowMs - Date.now() : 0), [value]);
  const standing = value && doctorStanding(value, state, nowMs + aheadMs);
  return (
    <Card
      title="Doctor"
      shape="wide"
      aside={
        mayAsk && (
          <button type="button" class="small" onClick={ask} disabled={standing?.kind === 'awaited'}>
            Have it look
          </button>
        )
      }
    >
      <Failure of={doctor} />
      <Refusal words={said} />
      <p role="status">{standing && 'words' in standing && standing.words}</p>
      {standing?.kind === 'never' && (
        <Empty title="It was not asked yet">
          It looks at disk, clock, certificate, journal and the way to central, and says what to do. Selling
          goes on meanwhile.
        </Empty>
      )}
      {value?.found && <Found of={value.found} asked={value.asked} />}
    </Card>
  );
}

function Found({ of, asked }: { of: NonNullable<Doctor['found']>; asked: Doctor['asked'] }) {
  const isWell = ({ state }: DoctorCheck) => state === 'ok';
  const checks = worstChecks(of.checks);
  const well = checks.filter(isWell);
  return (
    <>
      <p>
        <b>{summaryWords(of)}</b>{' '}
        <span class="quiet">
          <Ago ms={of.heardMs} />, <Time ms={of.heardMs} />
          {asked?.id === of.id && 'name' in asked.by ? `, for ${asked.by.name}` : ''}
        </span>
      </p>
      <Checks of={checks.filter((check) => !isWell(check))} />
      {well.length > 0 && (
        <details>
          <summary>What is well</summary>
          <Checks of={well} />
          {of.leftOut > 0 && <p class="quiet">{of.leftOut} more; all of them at the box: holdfast doctor</p>}
        </details>
      )}
    </>
  );
}

function Checks({ of }: { of: readonly DoctorCheck[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="checks">
      {of.map(({ code, state, words, hint }, at) => (
        <li key={`${code} ${at}`}>
          <Badge tone={checkTones[state]}>{checkWords[state]}</Badge> <code>{code}</code>
          <div>
            {words}
            {hint && <p class="quiet">{hint}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
