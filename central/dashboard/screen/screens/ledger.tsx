// The balance of each account and currency, by what it is.
import type { AccountView } from '../../../ledger/views.ts';
import { accountKinds, accountWords } from '../../said/money-words.ts';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';

/** As it comes: what is a bigint at central is a number here. */
type Account = Omit<AccountView, 'balanceMinor'> & { balanceMinor: number };

export function Ledger() {
  const accounts = useAnswer<{ items: Account[] }>(
    '/v1/ledger/accounts',
    (about) => !about.startsWith('fleet'),
  );
  const items = accounts.value?.items ?? null;
  const byKind = Map.groupBy(items ?? [], ({ name }) => accountWords(name));
  const groups = [...byKind].sort(([a], [b]) => accountKinds.indexOf(a) - accountKinds.indexOf(b));
  return (
    <>
      <div class="title">
        <h1>Ledger</h1>
        <p class="quiet">
          Above zero is owed to us, ours or a cost; below zero is owed by us or an income. Each currency sums
          to zero.
        </p>
      </div>
      <Failure of={accounts} />
      {items?.length === 0 && (
        <Empty title="Nothing is booked yet">
          <p>The first checkout that arrives opens its accounts.</p>
        </Empty>
      )}
      <div class="cards">
        {groups.map(([words, some]) => (
          <Card key={words} title={words}>
            <Table
              label={words}
              head={['Account', { title: 'Balance', number: true }]}
              rows={some.map(({ name, currency, balanceMinor }) => ({
                key: `${name} ${currency}`,
                cells: [
                  <a href={to('ledger', name, currency)}>
                    <code>{name}</code>
                  </a>,
                  <Money minor={balanceMinor} currency={currency} />,
                ],
              }))}
            />
          </Card>
        ))}
      </div>
    </>
  );
}
