// What waits for a person's word before money moves on, the most urgent first as it was opened.
import type { Review, ReviewKind } from '../../../people/reviews.ts';
import { reviewKindChoices, reviewWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { to, useQuery } from '../route.ts';
import { usePages } from '../use-pages.ts';

export type DatedReview = Review & { dueMs: number | null };
type State = 'waiting' | 'decided';

export function Reviews() {
  const [state, setState] = useQuery<State>('state', 'waiting');
  const [kind, setKind] = useQuery<ReviewKind | 'all'>('kind', 'all');
  const query = new URLSearchParams({ state, ...(kind !== 'all' && { kind }) });
  const reviews = usePages<DatedReview>(`/v1/reviews?${query}`, (about) => !about.startsWith('fleet'));
  return (
    <>
      <div class="title">
        <h1>Reviews</h1>
        <p class="quiet">Money that stands still until a person has said how it goes on.</p>
      </div>
      <div class="filters">
        <Choice
          label="State"
          value={state}
          of={[
            ['waiting', 'Waiting'],
            ['decided', 'Decided'],
          ]}
          onValue={setState}
        />
        <Choice label="Kind" value={kind} of={[['all', 'All'], ...reviewKindChoices]} onValue={setKind} />
      </div>
      <Failure of={reviews.first} />
      {reviews.items?.length === 0 && <Nothing state={state} narrowed={kind !== 'all'} />}
      {reviews.items !== null && reviews.items.length > 0 && (
        <div class="card">
          <Table
            label="Reviews"
            head={['Review', 'What', 'Box', 'State', 'Opened', 'Due', { title: 'Amount', number: true }]}
            rows={reviews.items.map((review) => ({ key: review.number, cells: cellsOf(review) }))}
          />
          <More of={reviews} />
        </div>
      )}
    </>
  );
}

function cellsOf(review: DatedReview) {
  const { number, kind, reason, applianceId, openedMs, dueMs, escalatedMs } = review;
  return [
    <a href={to('reviews', String(number))}>Review {number}</a>,
    <>
      {reviewWords[kind].words} <span class="quiet">{reason.replaceAll('_', ' ')}</span>
    </>,
    <a href={to('appliances', applianceId)}>{applianceId}</a>,
    <ReviewBadge of={review} />,
    <Time ms={openedMs} />,
    escalatedMs === null ? <Time ms={dueMs} /> : <Badge tone="bad">Overdue</Badge>,
    <Money minor={review.amountMinor} currency={review.currency} />,
  ];
}

export function ReviewBadge({ of: { state, decision } }: { of: Pick<Review, 'state' | 'decision'> }) {
  switch (state) {
    case 'open':
      return <Badge tone="warn">Open</Badge>;
    case 'proposed':
      return <Badge tone="warn">Needs a second person</Badge>;
    case 'decided':
      return <Badge tone="quiet">{plainWords(decision ?? 'decided')}</Badge>;
  }
}

function Nothing({ state, narrowed }: { state: State; narrowed: boolean }) {
  if (narrowed) return <Empty title="None of this kind">Choose all kinds to see the others.</Empty>;
  if (state === 'decided')
    return <Empty title="None was decided yet">Those that wait are under another state.</Empty>;
  return (
    <Empty title="Nothing waits for you">
      <p>
        A risky sale, a charge nobody knows of or a warning of fraud comes here by itself. Decided ones stay
        under Decided.
      </p>
    </Empty>
  );
}
