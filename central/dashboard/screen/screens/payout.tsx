// One payout: how far it is and what comes next, its lines, and its statement as a file.
import { useState } from 'preact/hooks';
import type { PayoutEvent, PayoutLine, PayoutStep, PayoutView } from '../../../payouts/port.ts';
import { statementCsv } from '../../../payouts/statement-csv.ts';
import { payoutWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { act, read, refusalWords } from '../ask.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Confirm, Refusal } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Money } from '../parts/money.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { saveFile } from '../save-file.ts';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';
import { isAboutPayouts, PayoutBadge } from './payouts.tsx';

type WithEvents = PayoutView & { events: PayoutEvent[] };
type StepKind = PayoutStep['kind'];

const steps: Record<StepKind, { verb: string; means: string; field: string | null; danger: boolean }> = {
  approved: { verb: 'Approve', means: 'The transfer may be made.', field: null, danger: false },
  paid: {
    verb: 'Mark paid',
    means: 'The transfer was made at the bank.',
    field: 'Reference of the transfer',
    danger: false,
  },
  failed: {
    verb: 'Mark failed',
    means: 'It was not paid: its lines are owed again.',
    field: 'Reason',
    danger: true,
  },
  returned: {
    verb: 'Mark returned',
    means: 'The bank sent it back: it is owed again.',
    field: 'Reason',
    danger: true,
  },
};
const nextOf: Record<PayoutView['state'], readonly StepKind[]> = {
  prepared: ['approved', 'failed'],
  approved: ['paid', 'failed'],
  paid: ['returned'],
  failed: [],
  returned: [],
};

export function Payout({ number }: { number: string }) {
  const path = `/v1/payouts/${encodeURIComponent(number)}`;
  const payout = useAnswer<WithEvents>(path, isAboutPayouts);
  const [asked, setAsked] = useState<StepKind | null>(null);
  const mayManage = useMay('payout.manage');
  const { value } = payout;
  return (
    <>
      <Title back={[['payouts'], 'Payouts']} name={`Payout ${number}`}>
        {value && <PayoutBadge state={value.state} />}
      </Title>
      <Failure of={payout} />
      {value && (
        <>
          <p class={`lede ${payoutWords[value.state].tone}`}>{payoutWords[value.state].next}</p>
          <div class="cards">
            <Card title="What it is">
              <Facts
                of={[
                  ['Amount', <Money minor={value.amountMinor} currency={value.currency} />],
                  ['Payee', value.payee],
                  ['From our account', value.bank],
                  ['Reference', value.reference ?? 'none yet'],
                  ['Prepared', <Time ms={value.preparedMs} />],
                ]}
              />
              <Statement path={path} of={value} />
            </Card>
            <Card title="Steps">
              <ol class="said">
                {value.events.map(({ kind, actor, note, atMs }, i) => (
                  <li key={i}>
                    <p>
                      <b>{payoutWords[kind].words}</b>{' '}
                      <span class="quiet">
                        {actor}, <Time ms={atMs} />
                      </span>
                    </p>
                    {kind !== 'prepared' && note !== '' && <p>{note}</p>}
                  </li>
                ))}
              </ol>
              {mayManage && nextOf[value.state].length > 0 && (
                <div class="buttons start">
                  {nextOf[value.state].map((kind) => (
                    <button
                      key={kind}
                      type="button"
                      class={steps[kind].danger ? 'danger' : 'lead'}
                      onClick={() => setAsked(kind)}
                    >
                      {steps[kind].verb} …
                    </button>
                  ))}
                </div>
              )}
            </Card>
            <Card title="Lines" shape="wide">
              <Lines path={path} currency={value.currency} />
            </Card>
          </div>
        </>
      )}
      {value && asked && (
        <Ask
          path={path}
          asked={asked}
          of={value}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            payout.again();
          }}
        />
      )}
    </>
  );
}

function Ask(props: {
  path: string;
  asked: StepKind;
  of: PayoutView;
  onDone: () => void;
  onClose: () => void;
}) {
  const { path, asked, of, onDone, onClose } = props;
  const [text, setText] = useState('');
  const { verb, means, field, danger } = steps[asked];
  const said = text.trim();
  const step = {
    kind: asked,
    ...(asked === 'paid' && { reference: said }),
    ...((asked === 'failed' || asked === 'returned') && { reason: said }),
  };
  return (
    <Confirm
      title={`${verb}: payout ${of.number}`}
      yes={verb}
      danger={danger}
      ready={field === null || said !== ''}
      act={() => act<PayoutView>('POST', `${path}/steps`, step)}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        <Money minor={of.amountMinor} currency={of.currency} /> to {of.payee}. {means}
      </p>
      {field !== null && <Field label={field} value={text} onValue={setText} maxLength={200} required />}
    </Confirm>
  );
}

function Lines({ path, currency }: { path: string; currency: string }) {
  const lines = usePages<PayoutLine>(`${path}/lines?limit=50`, () => false);
  if (lines.items?.length === 0) return <Empty title="It has no lines any more">They are owed again.</Empty>;
  return (
    <>
      <Failure of={lines.first} />
      <Table
        label="Lines"
        head={[
          'Booked',
          'What',
          'Box',
          'Slip',
          { title: 'Tax, to the state', number: true },
          { title: 'Amount', number: true },
        ]}
        rows={(lines.items ?? []).map((line) => ({
          key: `${line.movementId} ${line.line}`,
          cells: [
            <Time ms={line.bookedMs} />,
            plainWords(line.kind),
            line.applianceId ?? <span class="quiet">–</span>,
            line.applianceId !== null && line.documentId !== null ? (
              <a href={to('checkouts', line.applianceId, line.documentId)}>{line.slip ?? 'without'}</a>
            ) : (
              <span class="quiet">–</span>
            ),
            <Money minor={line.taxMinor} currency={currency} />,
            <Money minor={line.amountMinor} currency={currency} />,
          ],
        }))}
      />
      <More of={lines} />
    </>
  );
}

/** More than that is written by the command, which needs no memory for it. */
const statementLinesMax = 50_000;

function Statement({ path, of }: { path: string; of: PayoutView }) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setSaid(await saveStatement(path, of));
    setBusy(false);
  };
  return (
    <>
      <div class="buttons start">
        <button type="button" disabled={busy} onClick={() => void save()}>
          Statement, CSV
        </button>
      </div>
      <Refusal words={said} />
    </>
  );
}

/** @returns why there is no file; empty: there is one */
async function saveStatement(path: string, of: PayoutView): Promise<string> {
  const lines: PayoutLine[] = [];
  let cursor: string | null = null;
  do {
    const at: string = `${path}/lines?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`;
    const answer = await read<{ items: PayoutLine[]; nextCursor: string | null }>(at);
    if (answer.kind !== 'answered') return refusalWords(answer);
    lines.push(...answer.value.items);
    cursor = answer.value.nextCursor;
    if (lines.length > statementLinesMax) {
      return `It has more than ${statementLinesMax} lines. Write it with holdfast-central payout statement ${of.number}.`;
    }
  } while (cursor !== null);
  saveFile(`payout-${of.number}.csv`, [...statementCsv(of, lines)].join(''));
  return '';
}
