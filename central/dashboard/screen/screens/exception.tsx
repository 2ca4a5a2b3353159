// One exception: what each side says, what people did about it, and what can be done.
import { useState } from 'preact/hooks';
import type {
  ExceptionProposal,
  ExceptionRow,
  ExceptionWithHistory,
} from '../../../reconciliation/exceptions.ts';
import { exceptionWords } from '../../said/money-words.ts';
import { moneyWords, plainWords } from '../../said/words.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';
import { ExceptionAct, type ExceptionAsked, offeredFor } from './exception-act.tsx';
import { ExceptionBadge, isAboutExceptions } from './exceptions.tsx';

export function Exception({ number }: { number: string }) {
  const path = `/v1/exceptions/${encodeURIComponent(number)}`;
  const exception = useAnswer<ExceptionWithHistory>(path, isAboutExceptions);
  const [asked, setAsked] = useState<ExceptionAsked | null>(null);
  const maySettle = useMay('exception.settle');
  const { value } = exception;
  return (
    <>
      <Title back={[['exceptions'], 'Exceptions']} name={`Exception ${number}`}>
        {value && <ExceptionBadge of={value} />}
      </Title>
      <Failure of={exception} />
      {value && (
        <>
          <p class={`lede ${value.state === 'open' ? 'warn' : 'quiet'}`}>
            <b>{exceptionWords[value.status].words}.</b> {exceptionWords[value.status].means}
          </p>
          <div class="cards">
            <Card title="What it is about">
              <About of={value} />
            </Card>
            <Card title="What was done">
              {value.proposal !== null && <Proposed of={value.proposal} />}
              <History of={value} />
              {maySettle && (
                <div class="buttons start">
                  {offeredFor(value).map(({ kind, verb, lead, danger }) => (
                    <button
                      key={kind}
                      type="button"
                      class={lead ? 'lead' : danger ? 'danger' : ''}
                      onClick={() => setAsked(kind)}
                    >
                      {verb} …
                    </button>
                  ))}
                </div>
              )}
            </Card>
            <Card title="What each side says" shape="wide">
              <Rows of={value.rows} all={value.rowsCount} />
            </Card>
          </div>
        </>
      )}
      {value && asked && (
        <ExceptionAct
          path={path}
          asked={asked}
          of={value}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            exception.again();
          }}
        />
      )}
    </>
  );
}

function About({ of }: { of: ExceptionWithHistory }) {
  const links = (refs: readonly number[]) =>
    refs.map((ref, i) => (
      <span key={ref}>
        {i > 0 && ', '}
        <a href={to('exceptions', String(ref))}>{ref}</a>
      </span>
    ));
  return (
    <Facts
      of={[
        ['Amount', <Money minor={of.amountMinor} currency={of.currency} />],
        ['Difference', <Money minor={of.differenceMinor} currency={of.currency} />],
        ['Processor', of.processor],
        ['Reference', <code>{of.reference}</code>],
        ['Owner', of.owner ?? 'nobody'],
        ['Since', <Time ms={of.sinceMs} />],
        ['Opened', <Time ms={of.openedMs} />],
        ...(of.chaseDueMs === null ? [] : [['Answer due', <Time ms={of.chaseDueMs} />] as const]),
        ...(of.settledMs === null ? [] : [['Settled', <Time ms={of.settledMs} />] as const]),
        ...(of.mergedInto === null ? [] : [['Merged into', links([of.mergedInto])] as const]),
        ...(of.splitFrom === null ? [] : [['Part of', links([of.splitFrom])] as const]),
        ...(of.merged.length === 0 ? [] : [['Others merged', links(of.merged)] as const]),
        ...(of.parts.length === 0 ? [] : [['Parts', links(of.parts)] as const]),
      ]}
    />
  );
}

function Proposed({ of: { action, who, note, atMs } }: { of: ExceptionProposal }) {
  return (
    <p class="lede warn">
      {who} proposed to {action === 'received' ? 'mark it received' : action} it, <Time ms={atMs} />: {note}.
      Another person must confirm it.
    </p>
  );
}

function History({ of: { history, currency } }: { of: ExceptionWithHistory }) {
  return (
    <ol class="said">
      {history.map(({ atMs, who, action, note, detail }, i) => (
        <li key={i}>
          <p>
            <b>{plainWords(action)}</b>{' '}
            <span class="quiet">
              {who}, <Time ms={atMs} />
            </span>
          </p>
          <p>{note}</p>
          <PostingsOf detail={detail} currency={currency} />
        </li>
      ))}
    </ol>
  );
}

/** Of a correction, what it moved or would move. */
function PostingsOf({ detail, currency }: { detail: Record<string, unknown>; currency: string }) {
  const proposed = detail.proposed as { postings?: unknown } | undefined;
  const postings = detail.postings ?? proposed?.postings;
  if (!Array.isArray(postings)) return null;
  return (
    <ul>
      {(postings as { account: string; currency?: string; amountMinor: number }[]).map((line, i) => (
        <li key={i}>
          <code>{line.account}</code> {moneyWords(line.amountMinor, line.currency ?? currency)}
        </li>
      ))}
    </ul>
  );
}

function Rows({ of, all }: { of: readonly ExceptionRow[]; all: number }) {
  return (
    <>
      <Table
        label="What each side says"
        head={['Side', 'Reference', 'When', 'File, line', { title: 'Amount', number: true }]}
        rows={of.map(({ side, reference, atMs, file, line, amountMinor, currency }, i) => ({
          key: i,
          cells: [
            plainWords(side),
            <code>{reference}</code>,
            <Time ms={atMs} />,
            file === null ? <span class="quiet">–</span> : `${file}, ${line ?? '?'}`,
            <Money minor={amountMinor} currency={currency} />,
          ],
        }))}
      />
      {all > of.length && (
        <p class="quiet">
          The first {of.length} of {all}.
        </p>
      )}
    </>
  );
}
