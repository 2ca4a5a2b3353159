// One checkout as a whole: what it was, its story, what processors were asked, and what the ledger made of it.
import type { CollectionView } from '../../../charging/port.ts';
import type { DocumentStory } from '../../../ledger/views.ts';
import type { Story } from '../../money-answers.ts';
import { heldWords } from '../../said/money-words.ts';
import { plainWords, spanWords } from '../../said/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Card, Facts } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { Goods } from './checkout-goods.tsx';
import { StoryLines } from './checkout-story.tsx';

export function Checkout({ applianceId, id }: { applianceId: string; id: string }) {
  const query = `?appliance=${encodeURIComponent(applianceId)}`;
  const path = `/v1/checkouts/${encodeURIComponent(id)}`;
  const concerns = (about: string) =>
    /Review|Exception|Webhook/.test(about) || about === `fleet ${applianceId}`;
  const checkout = useAnswer<DocumentStory>(path + query, concerns);
  const story = useAnswer<Story>(`${path}/story${query}`, concerns);
  const { value } = checkout;
  return (
    <>
      <Title
        back={[['appliances', applianceId], applianceId]}
        name={
          value ? `${plainWords(value.kind)} ${value.slip === null ? '' : `slip ${value.slip}`}` : 'Checkout'
        }
      >
        {value && <p class="quiet">{plainWords(value.verdict)}</p>}
      </Title>
      <Failure of={checkout} />
      <Failure of={story} />
      {value && story.value && (
        <div class="cards">
          <Card title="What it was">
            <WhatItWas of={value} />
          </Card>
          <Card title="Its money">
            <ItsMoney of={story.value.collection} />
          </Card>
          <Card title="Goods" shape="wide">
            <Goods of={value} />
          </Card>
          <Card
            title="Its way here"
            shape="wide"
            aside={
              <p class="quiet">
                trace <code>{value.traceId}</code>
              </p>
            }
          >
            <Way of={value} />
          </Card>
          <Card title="Story" shape="wide">
            <StoryLines of={story.value} hops={value.id === story.value.checkoutId ? value.hops : null} />
          </Card>
          <Card title="Asked of processors" shape="wide">
            <Calls of={story.value.collection} />
          </Card>
          <Card title="Postings" shape="wide">
            <Postings of={story.value.movements} />
          </Card>
        </div>
      )}
    </>
  );
}

function WhatItWas({ of }: { of: DocumentStory }) {
  const { applianceId, checkoutId, voidedBy, currency, fulfilment } = of;
  return (
    <Facts
      of={[
        ['Total', <Money minor={of.totalMinor} currency={currency} />],
        [
          'Verdict',
          of.reasons.length === 0
            ? plainWords(of.verdict)
            : `${plainWords(of.verdict)}: ${of.reasons.map((code) => plainWords(code).toLowerCase()).join(', ')}`,
        ],
        ['Given back', <Money minor={of.refundedMinor} currency={currency} />],
        [
          'Voided by',
          voidedBy === null ? 'nothing' : <a href={to('checkouts', applianceId, voidedBy)}>{voidedBy}</a>,
        ],
        ...(fulfilment === null ? [] : [['Hand-over', plainWords(fulfilment)] as const]),
        ...(checkoutId === null
          ? []
          : [['Of checkout', <a href={to('checkouts', applianceId, checkoutId)}>{checkoutId}</a>] as const]),
        ['Id', <code>{of.id}</code>],
        ...(of.kiosk === null ? [] : [['Kiosk', of.kiosk] as const]),
        ...(of.policyVersion === null ? [] : [['Judged by', judgedBy(of)] as const]),
        ['Journal, entry', <code>{`${of.journalId}, ${of.seq}`}</code>],
      ]}
    />
  );
}

function judgedBy({ catalogueVersion, policyVersion }: DocumentStory): string {
  const policy = `policy ${policyVersion}`;
  return catalogueVersion === null ? policy : `catalogue ${catalogueVersion}, ${policy}`;
}

/** From the press to the books, hop by hop. */
function Way({ of: { hops, atMs, bookedMs } }: { of: DocumentStory }) {
  const took = (ms: number | null) =>
    ms === null ? <span class="quiet">not known</span> : spanWords(ms, 'exact');
  const clock = hops.madeBy === 'central' ? '' : ', by its clock';
  return (
    <dl class="hops">
      <div>
        <dt>Rung up{clock}</dt>
        <dd>
          <Time ms={atMs} />
        </dd>
      </div>
      <div>
        <dt>Waited offline</dt>
        <dd>{hops.waitingOfflineMs === 0 ? 'not at all' : took(hops.waitingOfflineMs)}</dd>
      </div>
      <div>
        <dt>Sending</dt>
        <dd>{took(hops.sendingMs)}</dd>
      </div>
      <div>
        <dt>Booking</dt>
        <dd>{took(hops.bookingMs)}</dd>
      </div>
      <div>
        <dt>Booked</dt>
        <dd>
          <Time ms={bookedMs} />
        </dd>
      </div>
    </dl>
  );
}

function ItsMoney({ of }: { of: CollectionView | null }) {
  if (of === null) {
    return (
      <Empty title="Nothing is collected for it">
        It was refused or declined, or no processor is set up at central.
      </Empty>
    );
  }
  const { currency, dueMs, processor, heldFor } = of;
  return (
    <Facts
      of={[
        [
          'State',
          <>
            <Badge tone={stateTone[of.state]}>{plainWords(of.state)}</Badge>{' '}
            {heldFor !== null && <span class="quiet">{heldWords[heldFor]}</span>}
          </>,
        ],
        ['Approved', of.origin === 'offline' ? 'by the box alone' : 'by central, while the kiosk waited'],
        ['To collect', <Money minor={of.wanted === 'nothing' ? 0 : of.totalMinor} currency={currency} />],
        ['Collected', <Money minor={of.capturedMinor} currency={currency} />],
        ['Refunded', <Money minor={of.refundedMinor} currency={currency} />],
        ['Lost', <Money minor={of.lostMinor} currency={currency} />],
        [
          'Next step',
          dueMs === null ? (
            'none by itself'
          ) : (
            <>
              {processor} <Time ms={dueMs} />
            </>
          ),
        ],
      ]}
    />
  );
}

const stateTone = {
  open: 'warn',
  held: 'bad',
  collected: 'good',
  released: 'quiet',
  written_off: 'bad',
} as const;

function Calls({ of }: { of: CollectionView | null }) {
  if (of === null || of.attempts.length === 0)
    return (
      <Empty title="No processor was asked">
        What was refused or declined asks none. Else central has none set up: see its configuration.
      </Empty>
    );
  return (
    <Table
      label="Asked of processors"
      head={[
        'Call',
        'Processor',
        'State',
        { title: 'Amount', number: true },
        { title: 'Took', number: true },
        'Their name of it',
      ]}
      rows={of.attempts.map((attempt) => ({
        key: attempt.ref,
        cells: [
          `${plainWords(attempt.purpose)} ${attempt.number}`,
          attempt.processor,
          `${plainWords(attempt.state)}${attempt.code === null ? '' : `, ${attempt.code}`}`,
          <Money minor={attempt.amountMinor} currency={attempt.currency} />,
          attempt.answeredMs === null ? (
            <span class="quiet">no answer</span>
          ) : (
            spanWords(attempt.answeredMs - attempt.firstSentMs, 'exact')
          ),
          <code>{attempt.refundId ?? attempt.chargeId ?? attempt.reference}</code>,
        ],
      }))}
    />
  );
}

function Postings({ of }: { of: Story['movements'] }) {
  if (of.length === 0)
    return (
      <Empty title="No money moved">
        What was refused or declined moves none; what is parked waits for a person.
      </Empty>
    );
  return (
    <Table
      label="Postings"
      head={['When', 'Because of', 'Account', { title: 'Amount', number: true }]}
      rows={of.flatMap(({ id: movement, bookedMs, reason, postings }) =>
        postings.map(({ account, amountMinor, currency }, line) => ({
          key: `${movement} ${line}`,
          cells: [
            line === 0 && <Time ms={bookedMs} />,
            line === 0 && `${plainWords(reason)}`,
            <a href={to('ledger', account, currency)}>
              <code>{account}</code>
            </a>,
            <Money minor={amountMinor} currency={currency} />,
          ],
        })),
      )}
    />
  );
}
