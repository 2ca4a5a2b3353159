// One appliance: how it is and what follows from it, where its journals stand, what it sold last, who it is, and what can be done.
import type { FleetMember } from '../../../fleet/answers.ts';
import type { ApplianceView } from '../../../ledger/views.ts';
import { plainWords, spanWords, stateWords } from '../../said/words.ts';
import { Badge, StateBadge } from '../parts/badge.tsx';
import { Card, Facts } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Ago, Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { ApplianceDoctor } from './appliance-doctor.tsx';
import { ApplianceIdentity } from './appliance-identity.tsx';
import { AppliancePast } from './appliance-past.tsx';
import { ApplianceSynthetic } from './appliance-synthetic.tsx';
import { type Checkouts, CheckoutTable } from './checkout-table.tsx';

export function Appliance({ id }: { id: string }) {
  const at = encodeURIComponent(id);
  const concerns = (about: string) => about === `fleet ${id}` || /Appliance|Condition|Doubt/.test(about);
  const member = useAnswer<FleetMember>(`/v1/fleet/${at}`, concerns);
  const journals = useAnswer<ApplianceView>(`/v1/appliances/${at}`, concerns);
  const checkouts = useAnswer<Checkouts>(`/v1/checkouts?appliance=${at}&limit=10`, concerns);
  const { value } = member;
  return (
    <>
      <Title back={[['fleet'], 'Fleet']} name={id}>
        {value && <StateBadge state={value.state.kind} />}
        {value && (
          <p class="quiet">
            {value.site === null ? 'no site' : <a href={to('sites', value.site)}>{value.site}</a>}
          </p>
        )}
      </Title>
      <Failure of={member} />
      {value && (
        <>
          <p class={`lede ${stateWords[value.state.kind].tone}`}>
            <Headline member={value} />
          </p>
          <div class="cards">
            <Now member={value} />
            <div class="stack">
              <Conditions member={value} />
              <ApplianceIdentity id={id} />
              <ApplianceSynthetic id={id} result={value.report?.synthetic ?? null} />
            </div>
            <ApplianceDoctor id={id} state={value.state.kind} />
            <AppliancePast id={id} currency={value.report?.exposure.currency ?? null} />
            <Card title="Journals" shape="wide">
              <Journals of={journals.value} />
            </Card>
            <Card title="Last checkouts" shape="wide">
              <CheckoutTable checkouts={checkouts.value} />
            </Card>
          </div>
        </>
      )}
    </>
  );
}

/** What is known, and no more than that. */
function Headline({ member: { state } }: { member: FleetMember }) {
  const { means } = stateWords[state.kind];
  if (state.kind === 'silent') {
    return (
      <>
        Silent since <Time ms={state.sinceMs} /> (<Ago ms={state.sinceMs} />
        ). Unsent at least <b>{state.unreceivedAtLeast}</b>, exposure{' '}
        {state.exposure?.currency ? (
          <>
            at least{' '}
            <b>
              <Money minor={state.exposure.totalMinor} currency={state.exposure.currency} />
            </b>
          </>
        ) : (
          'unknown'
        )}
        . {means}
      </>
    );
  }
  if (state.kind === 'retired') {
    return (
      <>
        {plainWords(state.how)} <Ago ms={state.sinceMs} />. {means}
      </>
    );
  }
  return <>{means}</>;
}

function Now({ member }: { member: FleetMember }) {
  const { report, reportHeardMs, lastProofMs, connected, release } = member;
  if (report === null) {
    return (
      <Card title="Now">
        <Empty title="It has not said how it is">
          <p>
            {lastProofMs === null
              ? 'It comes with its first connection.'
              : 'Releases before 0.1 say nothing of themselves.'}
          </p>
        </Empty>
      </Card>
    );
  }
  const { link, journal, exposure, versions, process, machine } = report;
  const unsent = Math.max(0, journal.lastSeq - journal.receivedThrough);
  const gigabytes = (bytes: number | null) => (bytes === null ? 'unknown' : `${(bytes / 1e9).toFixed(1)} GB`);
  return (
    <Card
      title="Now"
      aside={
        <p class="quiet">
          as it said <Ago ms={reportHeardMs} />
        </p>
      }
    >
      <Facts
        of={[
          [
            'Exposure',
            <>
              <Money minor={exposure.totalMinor} currency={exposure.currency} />
              {exposure.limitMinor !== null && (
                <span class="quiet">
                  {' '}
                  of <Money minor={exposure.limitMinor} currency={exposure.currency} />
                </span>
              )}
            </>,
          ],
          [
            'Unsent',
            unsent === 0
              ? 'nothing'
              : `${unsent}${journal.oldestUnreceivedMs === null ? '' : `, the oldest ${spanWords(journal.oldestUnreceivedMs)} old`}`,
          ],
          [
            'Link',
            `${plainWords(link.kind)} for ${spanWords(link.forMs)}, ${link.outages} outages since its start`,
          ],
          ['Connection', connected === null ? 'the broker does not say' : connected ? 'stands' : 'none'],
          ['Last heard', <Ago ms={lastProofMs} />],
          ['Release', release ?? 'unknown'],
          ['Catalogue, policy', `version ${versions.catalogue}, version ${versions.policy}`],
          [
            'Memory',
            `${Math.round(process.residentBytes / 1e6)} MB, ${gigabytes(machine.memoryFreeBytes)} free`,
          ],
          ['Disk', `${gigabytes(machine.diskFreeBytes)} free of ${gigabytes(machine.diskTotalBytes)}`],
          ...(machine.temperatureCelsius === null
            ? []
            : [['Temperature', `${machine.temperatureCelsius} °C`] as const]),
        ]}
      />
    </Card>
  );
}

function Conditions({ member: { state, report, reportHeardMs } }: { member: FleetMember }) {
  const found =
    'conditions' in state
      ? state.conditions
      : (report?.conditions ?? []).map(({ code, forMs }) => ({
          code,
          sinceMs: (reportHeardMs ?? 0) - forMs,
        }));
  return (
    <Card title="Conditions">
      {found.length === 0 ? (
        <Empty title="None is named">Nothing wants a look. Its doctor, below, looks further.</Empty>
      ) : (
        <ul class="conditions">
          {found.map(({ code, sinceMs }) => (
            <li key={code}>
              <Badge tone="warn">{plainWords(code)}</Badge>{' '}
              <span class="quiet">
                since <Time ms={sinceMs} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Journals({ of }: { of: ApplianceView | null }) {
  if (of === null || of.journals.length === 0) {
    return <Empty title="No journal yet">It begins with the first hello.</Empty>;
  }
  return (
    <Table
      label="Journals"
      head={[
        'Journal',
        { title: 'Received', number: true },
        { title: 'Booked', number: true },
        'Goes on from',
        'Conditions',
      ]}
      rows={of.journals.map(({ journalId, receivedThrough, bookedThrough, goesOnFrom, conditions }) => ({
        key: journalId,
        cells: [
          <code>{journalId}</code>,
          receivedThrough,
          bookedThrough,
          goesOnFrom === null ? <span class="quiet">–</span> : <code>{goesOnFrom}</code>,
          conditions.map(({ code }) => (
            <Badge key={code} tone="warn">
              {plainWords(code)}
            </Badge>
          )),
        ],
      }))}
    />
  );
}
