// One review: what is asked, what was said of it so far, and the decision, where another person must confirm it in two steps.
import { useState } from 'preact/hooks';
import type { CollectionView } from '../../../charging/port.ts';
import type { DocumentRow } from '../../../ledger/views.ts';
import type { ReviewDecision, ReviewEvent } from '../../../people/reviews.ts';
import { actorName, isPerson } from '../../said/actor.ts';
import { decisionWords, heldWords, reviewWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { act } from '../ask.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Money } from '../parts/money.tsx';
import { Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useMay, useSession } from '../session.ts';
import { useAnswer } from '../use-answer.ts';
import { type DatedReview, ReviewBadge } from './reviews.tsx';

type WithEvents = DatedReview & { events: ReviewEvent[] };
interface Answer {
  review: WithEvents;
  documents: DocumentRow[];
  collection: CollectionView | null;
}
type Asked = ReviewDecision | 'ask' | 'answer';

export function Review({ number }: { number: string }) {
  const path = `/v1/reviews/${encodeURIComponent(number)}`;
  const answer = useAnswer<Answer>(path, (about) => about.endsWith('Review'));
  const [asked, setAsked] = useState<Asked | null>(null);
  const review = answer.value?.review;
  return (
    <>
      <Title back={[['reviews'], 'Reviews']} name={`Review ${number}`}>
        {review && <ReviewBadge of={review} />}
      </Title>
      <Failure of={answer} />
      {answer.value && review && (
        <>
          <p class={`lede ${review.state === 'decided' ? 'quiet' : 'warn'}`}>
            <b>{reviewWords[review.kind].words}.</b> {reviewWords[review.kind].asks}
          </p>
          <div class="cards">
            <Card title="What it is about">
              <About of={answer.value} />
            </Card>
            <Card title="What was said">
              <Said of={review.events} />
              <Offered of={review} onAsked={setAsked} />
            </Card>
          </div>
        </>
      )}
      {asked && review && (
        <Decide
          path={path}
          asked={asked}
          of={review}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            answer.again();
          }}
        />
      )}
    </>
  );
}

function About({ of: { review, documents, collection } }: { of: Answer }) {
  const { applianceId, documentId, currency } = review;
  const [document] = documents;
  return (
    <Facts
      of={[
        ['Amount', <Money minor={review.amountMinor} currency={currency} />],
        ['Reason', plainWords(review.reason)],
        ['Box', <a href={to('appliances', applianceId)}>{applianceId}</a>],
        [
          document ? plainWords(document.kind) : 'Document',
          <a href={to('checkouts', applianceId, documentId)}>
            {document?.slip ? `slip ${document.slip}` : documentId}
          </a>,
        ],
        ...(collection === null
          ? []
          : ([
              [
                'Its money',
                `${plainWords(collection.state)}${collection.heldFor === null ? '' : `: ${heldWords[collection.heldFor]}`}`,
              ],
              ['Collected', <Money minor={collection.capturedMinor} currency={currency} />],
              ['Calls made', String(collection.attempts.length)],
            ] as const)),
        ['Opened', <Time ms={review.openedMs} />],
        [
          'Due',
          review.escalatedMs === null ? <Time ms={review.dueMs} none="stays until decided" /> : 'overdue',
        ],
      ]}
    />
  );
}

function Said({ of }: { of: readonly ReviewEvent[] }) {
  return (
    <ol class="said">
      {of.map(({ kind, decision, actor, note, atMs }, i) => (
        <li key={i}>
          <p>
            <b>
              {plainWords(kind)}
              {decision !== null && `: ${decisionWords[decision].verb.toLowerCase()}`}
            </b>{' '}
            <span class="quiet">
              {actorName(actor)}, <Time ms={atMs} />
            </span>
          </p>
          <p>{note.replaceAll('_', ' ')}</p>
        </li>
      ))}
    </ol>
  );
}

function Offered({ of, onAsked }: { of: WithEvents; onAsked: (asked: Asked) => void }) {
  const { own } = useSession();
  if (!useMay('review.decide') || of.state === 'decided') return null;
  const proposal = of.events.findLast(({ kind }) => kind === 'proposed');
  const isOwn = proposal !== undefined && isPerson(proposal.actor, own.person.name);
  const isQuestion = of.events.at(-1)?.kind === 'asked';
  const lead = of.decision ?? 'approve';
  return (
    <>
      {of.state === 'proposed' && (
        <p class="lede warn">
          {proposal && actorName(proposal.actor)} proposed:{' '}
          {of.decision && decisionWords[of.decision].verb.toLowerCase()}.{' '}
          {isOwn ? 'Another person must confirm it.' : 'Confirm it, or propose something else.'}
        </p>
      )}
      <div class="buttons start">
        {(Object.keys(decisionWords) as ReviewDecision[])
          .filter((decision) => !(isOwn && decision === of.decision))
          .map((decision) => (
            <button
              key={decision}
              type="button"
              class={decision === lead ? 'lead' : decisionWords[decision].danger ? 'danger' : ''}
              onClick={() => onAsked(decision)}
            >
              {decision === of.decision && 'Confirm: '}
              {decisionWords[decision].verb} …
            </button>
          ))}
        <button type="button" onClick={() => onAsked(isQuestion ? 'answer' : 'ask')}>
          {isQuestion ? 'Answer …' : 'Ask somebody …'}
        </button>
      </div>
    </>
  );
}

function Decide(props: {
  path: string;
  asked: Asked;
  of: WithEvents;
  onDone: () => void;
  onClose: () => void;
}) {
  const { path, asked, of, onDone, onClose } = props;
  const [note, setNote] = useState('');
  const { verb, means, danger } = askedWords(asked);
  return (
    <Confirm
      title={`${verb}: review ${of.number}`}
      yes={verb}
      danger={danger}
      ready={note.trim() !== ''}
      act={() =>
        asked === 'answer'
          ? act<WithEvents>('POST', `${path}/answers`, { note: note.trim() })
          : act<WithEvents>('POST', `${path}/decisions`, { decision: asked, note: note.trim() })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        <Money minor={of.amountMinor} currency={of.currency} /> at {of.applianceId}. {means}
      </p>
      <Field
        label="Note"
        hint="Why. It stands here and in the audit log."
        value={note}
        onValue={setNote}
        maxLength={1000}
        required
      />
    </Confirm>
  );
}

function askedWords(asked: Asked): { verb: string; means: string; danger: boolean } {
  switch (asked) {
    case 'ask':
      return { verb: 'Ask', means: 'Its time begins again.', danger: false };
    case 'answer':
      return { verb: 'Answer', means: 'Its time begins again.', danger: false };
    default:
      return decisionWords[asked];
  }
}
