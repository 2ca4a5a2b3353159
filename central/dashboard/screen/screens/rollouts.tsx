// Every rollout, the newest first: what it brings, to whom, and how far it is.
import type { RolloutView } from '../../../rollout/port.ts';
import {
  boxParts,
  changeWords,
  partsWords,
  reasonWords,
  rolloutStateWords,
  targetWords,
} from '../../said/rollout-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { More } from '../parts/more.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { Ago } from '../parts/time.tsx';
import { to } from '../route.ts';
import { useMay } from '../session.ts';
import { usePages } from '../use-pages.ts';

export function Rollouts() {
  const rollouts = usePages<RolloutView>('/v1/rollouts?limit=50', (about) => /Rollout|Policy/.test(about));
  const mayBegin = useMay('rollout.manage');
  const begin = mayBegin && (
    <a class="button lead" href={to('rollouts', 'new')}>
      Start a rollout …
    </a>
  );
  return (
    <>
      <div class="title">
        <h1>Rollouts</h1>
        <p class="quiet">Only what a box proves that it runs counts.</p>
        {begin}
      </div>
      <Failure of={rollouts.first} />
      {rollouts.items?.length === 0 && (
        <Empty title="Nothing was rolled out yet">
          <p>
            A release, a policy or a flag reaches one box first, the canary, and more of them stage by stage;
            back by itself where it does harm. Releases are added on central’s machine:{' '}
            <code>holdfast-central release add</code>.
          </p>
        </Empty>
      )}
      {rollouts.items !== null && rollouts.items.length > 0 && (
        <ul class="rows">
          {rollouts.items.map((rollout) => (
            <li key={rollout.number} class="card">
              <RolloutRow of={rollout} />
            </li>
          ))}
        </ul>
      )}
      <More of={rollouts} />
    </>
  );
}

function RolloutRow({ of }: { of: RolloutView }) {
  const { number, state, change, target, counts, reason, madeMs, endedMs } = of;
  const parts = boxParts(counts);
  return (
    <>
      <header>
        <h2>
          <a href={to('rollouts', String(number))}>
            {number} · {changeWords(change)}
          </a>
        </h2>
        <RolloutBadge state={state} />
      </header>
      <ShareBar label={`Rollout ${number}`} parts={parts} />
      <p class="row-words">
        <span>{partsWords(parts)}</span>
        <span class="quiet">
          for {targetWords(target)} · begun <Ago ms={madeMs} />
          {endedMs !== null && (
            <>
              , ended <Ago ms={endedMs} />
            </>
          )}
        </span>
      </p>
      {reason !== null && <p class="quiet">{reasonWords(reason)}.</p>}
    </>
  );
}

export function RolloutBadge({ state }: { state: RolloutView['state'] }) {
  const { words, tone } = rolloutStateWords[state];
  return <Badge tone={tone}>{words}</Badge>;
}
