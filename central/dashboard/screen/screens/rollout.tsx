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
  declinedPercent,
  eventWords,
  partsWords,
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

/** Declines of those that have it, against those that wait for it. */
function Control({ of: { sales, plan } }: { of: RolloutView }) {
  const { with: having, without } = sales;
  const sides = [
    ['With it', having],
    ['Without it', without],
  ] as const;
  if (having.checkouts + without.checkouts === 0) {
    return (
      <Card title="Canary against control">
        <Empty title="Nothing was sold since">
          Declines are compared once either side has sold {plan.checkoutsMin} times.
        </Empty>
      </Card>
    );
  }
  const most = Math.max(1, ...sides.map(([, side]) => declinedPercent(side) ?? 0));
  return (
    <Card title="Canary against control">
      <ul class="against">
        {sides.map(([name, side]) => {
          const percent = declinedPercent(side);
          return (
            <li key={name}>
              <span>{name}</span>
              <span class="against-bar" aria-hidden="true">
                <span class="fill-pending" style={{ width: `${((percent ?? 0) * 100) / most}%` }} />
              </span>
              <span class="number">
                {percent === null ? '–' : `${percent} %`}{' '}
                <span class="quiet">
                  {side.declined} of {side.checkouts} declined
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
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
            `when more than ${plan.failedPercentMax} % fail${plan.declinesPointsMax === null ? '' : `, or declines are ${plan.declinesPointsMax} points above the others’`}`,
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
