// Differences between journal, ledger, reports and bank: what is open in figures, and the list.

import type { ExceptionView } from '../../../reconciliation/exceptions.ts';
import type { OpenExceptions } from '../../../reconciliation/port.ts';
import { exceptionWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import { to, useQuery } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';

/** As it comes: what is a bigint at central is a number here. */
type Open = Omit<OpenExceptions, 'amountMinor'> & { amountMinor: number };
type State = 'open' | 'settled';

export const isAboutExceptions = (about: string) => about.endsWith('Exception');

export function Exceptions() {
  const [state, setState] = useQuery<State>('state', 'open');
  const [status, setStatus] = useQuery<ExceptionView['status'] | 'all'>('status', 'all');
  const query = new URLSearchParams({ state, ...(status !== 'all' && { status }) });
  const exceptions = usePages<ExceptionView>(`/v1/exceptions?${query}`, isAboutExceptions);
  const { items } = exceptions;
  return (
    <>
      <div class="title">
        <h1>Exceptions</h1>
        <p class="quiet">Where journal, ledger, reports and bank do not say the same.</p>
      </div>
      <OpenInFigures />
      <div class="filters">
        <Choice
          label="State"
          value={state}
          of={[
            ['open', 'Open'],
            ['settled', 'Settled'],
          ]}
          onValue={setState}
        />
        <Choice label="Kind" value={status} of={[['all', 'All'], ...statusChoices]} onValue={setStatus} />
      </div>
      <Failure of={exceptions.first} />
      {items?.length === 0 && <Nothing state={state} narrowed={status !== 'all'} />}
      {items !== null && items.length > 0 && (
        <div class="card">
          <Table
            label="Exceptions"
            head={[
              'Exception',
              'Kind',
              'Processor',
              'Reference',
              'Owner',
              'State',
              'Since',
              { title: 'Amount', number: true },
              { title: 'Difference', number: true },
            ]}
            rows={items.map((one) => ({ key: one.ref, cells: cellsOf(one) }))}
          />
          <More of={exceptions} />
        </div>
      )}
    </>
  );
}

const statusChoices = Object.entries(exceptionWords).map(
  ([status, { words }]) => [status as ExceptionView['status'], words] as const,
);

function cellsOf(one: ExceptionView) {
  return [
    <a href={to('exceptions', String(one.ref))}>Exception {one.ref}</a>,
    exceptionWords[one.status].words,
    one.processor,
    <code class="clip" title={one.reference}>
      {one.reference}
    </code>,
    one.owner ?? <span class="quiet">nobody</span>,
    <ExceptionBadge of={one} />,
    <Ago ms={one.sinceMs} />,
    <Money minor={one.amountMinor} currency={one.currency} />,
    <Money minor={one.differenceMinor} currency={one.currency} />,
  ];
}

export function ExceptionBadge({ of }: { of: ExceptionView }) {
  if (of.state === 'settled') return <Badge tone="quiet">{plainWords(of.settledAs ?? 'settled')}</Badge>;
  if (of.proposal !== null) return <Badge tone="warn">Needs a second person</Badge>;
  return <Badge tone="warn">{of.chaseDueMs === null ? 'Open' : 'Chased'}</Badge>;
}

function OpenInFigures() {
  const open = useAnswer<{ items: Open[] }>('/v1/exceptions/open', isAboutExceptions);
  const rows = open.value?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <Card title="Open, in figures">
      <Table
        label="Open, in figures"
        head={['Kind', 'Processor', { title: 'Exceptions', number: true }, { title: 'Amount', number: true }]}
        rows={rows.map(({ status, processor, currency, exceptions, amountMinor }) => ({
          key: `${status} ${processor} ${currency}`,
          cells: [
            exceptionWords[status].words,
            processor,
            exceptions,
            <Money minor={amountMinor} currency={currency} />,
          ],
        }))}
      />
    </Card>
  );
}

function Nothing({ state, narrowed }: { state: State; narrowed: boolean }) {
  if (narrowed) return <Empty title="None of this kind">Choose all kinds to see the others.</Empty>;
  if (state === 'settled')
    return <Empty title="None was settled yet">Those that wait are under another state.</Empty>;
  return (
    <Empty title="Nothing is open">
      <p>
        Either everything agrees, or nothing was compared yet: bring a report with{' '}
        <code>holdfast-central reconciliation import</code> and compare with{' '}
        <code>holdfast-central reconciliation run</code>.
      </p>
    </Empty>
  );
}
