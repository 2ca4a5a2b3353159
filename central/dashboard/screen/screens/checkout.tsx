// One checkout with what the ledger made of it.
import type { DocumentRow, MovementView } from '../../../ledger/views.ts';
import { plainWords } from '../../said/words.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';

export function Checkout({ applianceId, id }: { applianceId: string; id: string }) {
  const path = `/v1/checkouts/${encodeURIComponent(id)}?appliance=${encodeURIComponent(applianceId)}`;
  const checkout = useAnswer<DocumentRow & { movements: MovementView[] }>(
    path,
    (about) => !about.startsWith('fleet'),
  );
  const { value } = checkout;
  return (
    <>
      <div class="title">
        <p class="back">
          <a href={to('appliances', applianceId)}>{applianceId}</a> ›
        </p>
        <h1>
          {value
            ? `${plainWords(value.kind)} ${value.slip === null ? '' : `slip ${value.slip}`}`
            : 'Checkout'}
        </h1>
      </div>
      <Failure of={checkout} />
      {value && (
        <div class="cards">
          <Card title="What it was">
            <Facts
              of={[
                ['Total', <Money minor={value.totalMinor} currency={value.currency} />],
                ['Verdict', plainWords(value.verdict)],
                ['Given back', <Money minor={value.refundedMinor} currency={value.currency} />],
                ['Voided by', value.voidedBy === null ? 'nothing' : <code>{value.voidedBy}</code>],
                ['Rung up', <Time ms={value.atMs} />],
                ['Booked', <Time ms={value.bookedMs} />],
                ['Id', <code>{value.id}</code>],
                ['Journal, entry', <code>{`${value.journalId}, ${value.seq}`}</code>],
              ]}
            />
          </Card>
          <Card title="Postings" shape="wide">
            {value.movements.length === 0 ? (
              <Empty title="No money moved" />
            ) : (
              <Table
                label="Postings"
                head={['When', 'Because of', 'Account', { title: 'Amount', number: true }]}
                rows={value.movements.flatMap(({ id: movement, bookedMs, reason, postings }) =>
                  postings.map(({ account, amountMinor, currency }, line) => ({
                    key: `${movement} ${line}`,
                    cells: [
                      <Time ms={bookedMs} />,
                      plainWords(reason),
                      <code>{account}</code>,
                      <Money minor={amountMinor} currency={currency} />,
                    ],
                  })),
                )}
              />
            )}
          </Card>
        </div>
      )}
    </>
  );
}
