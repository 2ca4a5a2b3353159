// One rollout: how far each stage is, the canary against the others, what stopped it, and what can be done about it.
import { useState } from 'preact/hooks';
import type { BoxState } from '../../../rollout/next.ts';
import type { RolloutBoxView, RolloutEvent, RolloutView } from '../../../rollout/port.ts';
import { actorName } from '../../said/actor.ts';
import {
  boxParts,
  boxStateOrder,
  boxStateWords,
  changeWords,
  eventWords,
  partsWords,
  percentOf,
  reasonWords,
  rolloutStateWords,
  stageName,
  stageOfPlace,
  stageParts,
  targetWords,
} from '../../said/rollout-words.ts';
import { plainWords, spanWords } from '../../said/words.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { More } from '../parts/more.tsx';
import { ShareBar, ShareWords } from '../parts/share-bar.tsx';
import { Table } from '../parts/table.tsx';
import { Ago, Time } from '../parts/time.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';
import { RolloutActs } from './rollout-acts.tsx';
import { RolloutBadge } from './rollouts.tsx';

const concerns = (about: string) => /Rollout|Policy/.test(about);

export function Rollout({ number }: { number: string }) {
  const path = `/v1/rollouts/${encodeURIComponent(number)}`;
  const rollout = useAnswer<RolloutView>(path, concerns);
  const { value } = rollout;
  return (
    <>
      <div class="title">
        <p class="back">
          <a href={to('rollouts')}>Rollouts</a> ›
        </p>
        <h1>{value ? `${value.number} · ${changeWords(value.change)}` : `Rollout ${number}`}</h1>
        {value && <RolloutBadge state={value.state} />}
        {value && <p class="quiet">for {targetWords(value.target)}</p>}
        {value && <RolloutActs of={value} onDone={rollout.again} />}
      </div>
      <Failure of={rollout} />
      {value && (
        <>
          {value.reason && (
            <p class={`lede ${rolloutStateWords[value.state].tone}`}>
              <b>{rolloutStateWords[value.state].words}.</b> {reasonWords(value.reason)}.
            </p>
          )}
          <div class="cards">
            <Stages of={value} />
            <div class="stack">
              <Control of={value} />
              <PlanFacts of={value} />
            </div>
            <Boxes path={path} of={value} />
            <History path={path} />
          </div>
        </>
      )}
    </>
  );
}

function Stages({ of }: { of: RolloutView }) {
  const { stages, stage, plan, counts, endedMs } = of;
  const all = boxParts(counts);
  return (
    <Card title="Progress">
      <ShareBar label="All boxes" parts={all} />
      <ShareWords parts={all} />
      <ol class="stages">
        {stages.map((one, i) => {
          const parts = stageParts(one);
          const here = i === stage && endedMs === null;
          return (
            <li key={i} aria-current={here ? 'step' : undefined}>
              <p class="stage-name">
                <b>{stageName(plan, i)}</b>{' '}
                <span class="quiet">
                  {one.boxes} {one.boxes === 1 ? 'box' : 'boxes'}
                  {here && ' · at work'}
                </span>
              </p>
              <ShareBar label={stageName(plan, i)} parts={parts} />
              <p class="quiet">{one.boxes === 0 ? 'adds nobody' : partsWords(parts)}</p>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

/** Declines and errors of those that have it, against those that wait for it. */
function Control({ of: { sales, answers, plan } }: { of: RolloutView }) {
  const side = (bad: number, of: number) => ({ bad, of });
  return (
    <Card title="Canary against control">
      <h3>Checkouts declined</h3>
      <Against
        having={side(sales.with.declined, sales.with.checkouts)}
        without={side(sales.without.declined, sales.without.checkouts)}
        words="declined"
        none={`Nothing was sold since. Declines are compared once either side has sold ${plan.checkoutsMin} times.`}
      />
      <h3>Requests of kiosks that failed</h3>
      <Against
        having={side(answers.with.errors, answers.with.requests)}
        without={side(answers.without.errors, answers.without.requests)}
        words="failed"
        none={`No box has said anything yet. Errors are compared once either side has answered ${plan.requestsMin} requests.`}
      />
    </Card>
  );
}

interface Side {
  bad: number;
  of: number;
}

function Against(parts: { having: Side; without: Side; words: string; none: string }) {
  const { having, without, words, none } = parts;
  if (having.of + without.of === 0) return <p class="quiet">{none}</p>;
  const sides = [
    ['With it', having],
    ['Without it', without],
  ] as const;
  const most = Math.max(1, ...sides.map(([, { bad, of }]) => percentOf(bad, of) ?? 0));
  return (
    <ul class="against">
      {sides.map(([name, { bad, of }]) => {
        const percent = percentOf(bad, of);
        return (
          <li key={name}>
            <span>{name}</span>
            <span class="against-bar" aria-hidden="true">
              <span class="fill-pending" style={{ width: `${((percent ?? 0) * 100) / most}%` }} />
            </span>
            <span class="number">
              {percent === null ? '–' : `${percent} %`}{' '}
              <span class="quiet">
                {bad} of {of} {words}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function PlanFacts({ of: { plan, madeMs, madeBy, endedMs } }: { of: RolloutView }) {
  const minutes = (count: number) => spanWords(count * 60_000);
  return (
    <Card title="Plan">
      <Facts
        of={[
          [
            'Begun',
            <>
              <Time ms={madeMs} /> by {actorName(madeBy)}
            </>,
          ],
          ...(endedMs === null ? [] : [['Ended', <Time ms={endedMs} />] as const]),
          [
            'A stage is over',
            `when ${plan.confirmedPercentMin} % proved it${plan.soakMinutes === 0 ? '' : `, for ${minutes(plan.soakMinutes)}`}`,
          ],
          [
            plan.onFailure === 'roll_back' ? 'It goes back' : 'It pauses',
            `when more than ${plan.failedPercentMax} % fail${aboveWords('declines', plan.declinesPointsMax)}${aboveWords('errors', plan.errorsPointsMax)}`,
          ],
          ['Silent boxes', `are waited for ${minutes(plan.silentMinutesMax)}`],
          ...(plan.probe === 'required'
            ? [['Proof', 'only after a synthetic checkout went through'] as const]
            : []),
        ]}
      />
    </Card>
  );
}

const aboveWords = (what: string, pointsMax: number | null) =>
  pointsMax === null ? '' : `, or ${what} are ${pointsMax} points above the others’`;

function Boxes({ path, of: { stages, plan } }: { path: string; of: RolloutView }) {
  const [state, setState] = useState<BoxState | 'all'>('all');
  const query = new URLSearchParams({ limit: '25', ...(state !== 'all' && { state }) });
  const boxes = usePages<RolloutBoxView>(`${path}/boxes?${query}`, concerns);
  return (
    <Card
      title="Boxes"
      aside={
        <Choice
          label="State"
          value={state}
          of={[['all', 'All'], ...boxStateOrder.map((one) => [one, boxStateWords[one].words] as const)]}
          onValue={setState}
        />
      }
    >
      <Failure of={boxes.first} />
      {boxes.items?.length === 0 && <Empty title="None is so">Choose another state.</Empty>}
      {boxes.items !== null && boxes.items.length > 0 && (
        <Table
          label="Boxes"
          head={['Appliance', 'Stage', 'State', 'Since']}
          rows={boxes.items.map((box) => ({
            key: box.applianceId,
            cells: [
              <a href={to('appliances', box.applianceId)}>{box.applianceId}</a>,
              stageName(plan, stageOfPlace(stages, box.place)).split(',')[0],
              <>
                <span class={`swatch fill-${boxStateWords[box.state].fill}`} aria-hidden="true" />{' '}
                {boxStateWords[box.state].words}
                {box.reason !== null && <span class="quiet"> {plainWords(box.reason)}</span>}
              </>,
              <Ago ms={box.sinceMs} none="–" />,
            ],
          }))}
        />
      )}
      <More of={boxes} />
    </Card>
  );
}

function History({ path }: { path: string }) {
  const events = usePages<RolloutEvent>(`${path}/events?limit=100`, concerns);
  return (
    <Card title="History">
      <Failure of={events.first} />
      <ol class="happened">
        {(events.items ?? []).map((event) => (
          <li key={event.number}>
            <p>{eventWords(event)}</p>
            <p class="quiet">
              <Time ms={event.atMs} />, {actorName(event.actor)}
            </p>
          </li>
        ))}
      </ol>
      <More of={events} />
    </Card>
  );
}
