// How long documents take on each hop of their way, of all boxes, of a site or of one.
import type { HopKind } from '../../../latency/hops.ts';
import { hopWords, msWords } from '../../said/hop-words.ts';
import { Card } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Time } from '../parts/time.tsx';
import { useQuery } from '../route.ts';
import { useAnswer } from '../use-answer.ts';

interface LatencyOfHop {
  hop: HopKind;
  documents: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  buckets: { atMostMs: number; documents: number }[];
}
interface Latency {
  fromMs: number;
  hops: LatencyOfHop[];
}

export function LatencyScreen() {
  const [days, setDays] = useQuery<'1' | '7' | '35'>('days', '1');
  const [site, setSite] = useQuery<string>('site', '');
  const [appliance, setAppliance] = useQuery<string>('appliance', '');
  const query = new URLSearchParams({ days, ...(site && { site }), ...(appliance && { appliance }) });
  const latency = useAnswer<Latency>(`/v1/latency?${query}`, () => false);
  const hops = latency.value?.hops ?? [];
  const any = hops.some(({ documents }) => documents > 0);
  return (
    <>
      <div class="title">
        <h1>Latency</h1>
        <p class="quiet">
          From the press at the kiosk to the ledger{' '}
          {latency.value && (
            <>
              since <Time ms={latency.value.fromMs} />
            </>
          )}
        </p>
        <button type="button" onClick={latency.again}>
          Read again
        </button>
      </div>
      <div class="filters">
        <input
          type="search"
          aria-label="Site"
          placeholder="Site"
          defaultValue={site}
          maxLength={100}
          onChange={(event) => setSite(event.currentTarget.value.trim())}
        />
        <input
          type="search"
          aria-label="Appliance"
          placeholder="Appliance"
          defaultValue={appliance}
          maxLength={64}
          autocapitalize="none"
          onChange={(event) => setAppliance(event.currentTarget.value.trim())}
        />
        <Choice
          label="Over"
          value={days}
          of={[
            ['1', 'today (UTC)'],
            ['7', '7 days'],
            ['35', '35 days'],
          ]}
          onValue={setDays}
        />
      </div>
      <Failure of={latency} />
      {latency.value !== null && !any && (
        <Empty title="No document was booked in that time">
          Choose more days, or another site. Synthetic checkouts are not counted here.
        </Empty>
      )}
      {any && (
        <div class="cards">
          {hops.map((hop) => (
            <HopCard key={hop.hop} of={hop} />
          ))}
        </div>
      )}
    </>
  );
}

function HopCard({ of }: { of: LatencyOfHop }) {
  const { hop, documents, p50Ms, p95Ms, p99Ms } = of;
  const { words, means } = hopWords[hop];
  return (
    <Card
      title={words}
      aside={
        <p class="quiet">
          {documents} {documents === 1 ? 'document' : 'documents'}
        </p>
      }
    >
      <p class="quiet">{means}</p>
      {documents > 0 && (
        <>
          <dl class="figures">
            {(
              [
                ['Half within', p50Ms],
                ['95 % within', p95Ms],
                ['99 % within', p99Ms],
              ] as const
            ).map(([name, ms]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{msWords(ms)}</dd>
              </div>
            ))}
          </dl>
          <Buckets of={of} />
        </>
      )}
    </Card>
  );
}

function Buckets({ of: { hop, buckets } }: { of: LatencyOfHop }) {
  const most = Math.max(...buckets.map(({ documents }) => documents));
  return (
    <ul class="buckets" aria-label={`${hopWords[hop].words}, documents by time`}>
      {buckets.map(({ atMostMs, documents }) => (
        <li key={atMostMs}>
          <span class="quiet">≤ {msWords(atMostMs)}</span>
          <span class="against-bar" aria-hidden="true">
            <span class="fill-pending" style={{ width: `${(documents * 100) / most}%` }} />
          </span>
          <span class="number">{documents}</span>
        </li>
      ))}
    </ul>
  );
}
