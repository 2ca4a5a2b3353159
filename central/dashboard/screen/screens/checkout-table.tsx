// Checkouts in a short table, wherever some are listed.
import type { DocumentRow } from '../../../ledger/views.ts';
import { plainWords } from '../../said/words.ts';
import { Empty } from '../parts/empty.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { to } from '../route.ts';

export interface Checkouts {
  items: DocumentRow[];
}

export function checkoutAddress({ id, applianceId }: { id: string; applianceId: string }): string {
  return to('checkouts', applianceId, id);
}

export function CheckoutTable({ checkouts }: { checkouts: Checkouts | null }) {
  if (checkouts === null) return <p class="quiet">Reading …</p>;
  if (checkouts.items.length === 0)
    return (
      <Empty title="No checkout is booked yet">
        The first one comes once the box sells and has a link: see its state above.
      </Empty>
    );
  return (
    <Table
      label="Last checkouts"
      head={['When', 'Slip', 'Verdict', { title: 'Total', number: true }, 'Checkout']}
      rows={checkouts.items.map((one) => ({
        key: `${one.applianceId} ${one.id}`,
        cells: [
          <Time ms={one.atMs} />,
          one.slip ?? <span class="quiet">–</span>,
          `${plainWords(one.verdict)}${one.voidedBy === null ? '' : ', voided'}`,
          <Money minor={one.totalMinor} currency={one.currency} />,
          <a href={checkoutAddress(one)}>{one.id}</a>,
        ],
      }))}
    />
  );
}
