// The goods of a checkout, as its box judged them.
import type { DocumentStory } from '../../../ledger/views.ts';
import { Empty } from '../parts/empty.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';

export function Goods({ of: { kind, lines, currency } }: { of: DocumentStory }) {
  if (lines.length === 0)
    return (
      <Empty title="It names no goods">
        {kind === 'checkout'
          ? 'Its entry cannot be read by this release.'
          : 'See the checkout that it is of.'}
      </Empty>
    );
  return (
    <Table
      label="Goods"
      head={['Product', 'SKU', { title: 'Quantity', number: true }, { title: 'Total', number: true }]}
      rows={lines.map(({ sku, name, quantity, totalMinor, discountMinor }, i) => ({
        key: i,
        cells: [
          name ?? <span class="quiet">not in its catalogue</span>,
          <code>{sku}</code>,
          quantity,
          totalMinor === null ? (
            <span class="quiet">not priced</span>
          ) : (
            <>
              <Money minor={totalMinor} currency={currency} />
              {discountMinor > 0 && (
                <span class="quiet">
                  {' '}
                  after <Money minor={discountMinor} currency={currency} /> off
                </span>
              )}
            </>
          ),
        ],
      }))}
    />
  );
}
