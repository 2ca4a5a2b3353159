// How a box was: its metrics over time, with outages behind them, and when conditions and outages began and ended.
import { useMemo, useState } from 'preact/hooks';
import type { FleetEvent } from '../../../fleet/series/timeline.ts';
import {
  bandsOf,
  type ChartOf,
  charts,
  chartWords,
  type GaugePoint,
  plotted,
  timelineWords,
} from '../../said/charts.ts';
import { plainWords, spanWords } from '../../said/words.ts';
import { Card } from '../parts/card.tsx';
import { Chart } from '../parts/chart.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useAnswer } from '../use-answer.ts';

interface Series {
  stepSeconds: number;
  points: GaugePoint[];
}
interface Timeline {
  items: FleetEvent[];
}
interface Span {
  fromMs: number;
  toMs: number;
}

const hourMs = 3_600_000;
const hours = [
  ['6', '6 hours'],
  ['48', '2 days'],
  ['720', '30 days'],
] as const;
const eventsShownMax = 30;

export function AppliancePast({ id, currency }: { id: string; currency: string | null }) {
  const [over, setOver] = useState<(typeof hours)[number][0]>('6');
  /** When it was asked; again by hand, so that a chart does not run away from whoever reads it. */
  const [toMs, setTo] = useState(Date.now);
  const span = useMemo(() => ({ fromMs: toMs - Number(over) * hourMs, toMs }), [over, toMs]);
  const path = `/v1/fleet/${encodeURIComponent(id)}`;
  const query = `from=${span.fromMs}&to=${span.toMs}`;
  const timeline = useAnswer<Timeline>(`${path}/timeline?${query}`, () => false);
  const events = timeline.value?.items ?? [];
  return (
    <>
      <Card
        title="Over time"
        shape="wide"
        aside={
          <div class="buttons">
            <Choice label="Over" value={over} of={hours} onValue={setOver} />
            <button type="button" class="small" onClick={() => setTo(Date.now())}>
              Read again
            </button>
          </div>
        }
      >
        <div class="charts">
          {charts.map((one) => (
            <ChartOfMetric
              key={one.metric}
              of={one}
              {...{ currency, span, events }}
              path={`${path}/series?metric=${one.metric}&${query}`}
            />
          ))}
        </div>
      </Card>
      <Card title="What happened" shape="wide">
        <Happened events={events} />
      </Card>
    </>
  );
}

function ChartOfMetric(props: {
  of: ChartOf;
  path: string;
  currency: string | null;
  span: Span;
  events: readonly FleetEvent[];
}) {
  const { of, path, currency, span, events } = props;
  const { value, failure } = useAnswer<Series>(path, () => false);
  const drawn = useMemo(() => value && plotted(value.points, of.part, value.stepSeconds), [value]);
  const bands = useMemo(() => bandsOf(events, span.toMs), [events, span.toMs]);
  const none = drawn === null ? failure !== null : drawn.values.length === 0;
  return (
    <section class="one-chart" aria-label={`${of.title} over time`}>
      <h3>{of.title}</h3>
      {none && <p class="quiet">Nothing was heard in that time.</p>}
      {drawn !== null && drawn.values.length > 0 && (
        <Chart
          words={chartWords(of, drawn.values, currency)}
          {...drawn}
          {...{ bands, ...span }}
          say={(one) => of.words(one, currency)}
        />
      )}
    </section>
  );
}

function Happened({ events }: { events: readonly FleetEvent[] }) {
  if (events.length === 0)
    return <Empty title="No outage, condition or start in that time">Choose a longer one.</Empty>;
  return (
    <Table
      label="What happened"
      head={['What', 'Since', 'Until', 'For']}
      rows={events.slice(0, eventsShownMax).map(({ kind, code, sinceMs, untilMs }) => ({
        key: `${kind} ${code} ${sinceMs}`,
        cells: [
          `${timelineWords[kind]}${code === '' ? '' : ` · ${kind === 'condition' ? plainWords(code) : code}`}`,
          <Time ms={sinceMs} />,
          kind === 'start' ? '' : <Time ms={untilMs} none="it holds" />,
          kind === 'start' || untilMs === null ? '' : spanWords(untilMs - sinceMs),
        ],
      }))}
    />
  );
}
