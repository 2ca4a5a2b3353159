// One account in one currency: its balance, and its postings, the newest first.
import type { AccountPosting } from '../../port.ts';
import { accountWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';

export function Account({ name, currency }: { name: string; currency: string }) {
  const concerns = (about: string) => !about.startsWith('fleet');
  const at = encodeURIComponent(name);
  const postings = usePages<AccountPosting>(
    `/v1/ledger/accounts/${at}/postings?currency=${encodeURIComponent(currency)}`,
    concerns,
  );
  const accounts = useAnswer<{ items: { name: string; currency: string; balanceMinor: number }[] }>(
    '/v1/ledger/accounts',
    concerns,
  );
  const account = accounts.value?.items.find((one) => one.name === name && one.currency === currency);
  return (
    <>
      <Title back={[['ledger'], 'Ledger']} name={name}>
        <p class="quiet">
          {accountWords(name)}, {currency}
        </p>
      </Title>
      <Failure of={postings.first} />
      {account && (
        <p class="lede quiet">
          Balance{' '}
          <b>
            <Money minor={account.balanceMinor} currency={currency} />
          </b>
        </p>
      )}
      {postings.items?.length === 0 && postings.more === null && (
        <Empty title="Nothing was booked here">Choose another account in the ledger.</Empty>
      )}
      {postings.items !== null && (postings.items.length > 0 || postings.more !== null) && (
        <div class="card">
          <Table
            label="Postings"
            head={['Booked', 'Because of', 'Movement', 'From', { title: 'Amount', number: true }]}
            rows={postings.items.map((one) => ({
              key: `${one.movementId} ${one.line}`,
              cells: [
                <Time ms={one.bookedMs} />,
                plainWords(one.reason),
                one.movementId,
                <Origin of={one} />,
                <Money minor={one.amountMinor} currency={currency} />,
              ],
            }))}
          />
          <More of={postings} />
        </div>
      )}
    </>
  );
}

function Origin({ of: { source, sourceRef, applianceId, documentId } }: { of: AccountPosting }) {
  if (applianceId !== null && documentId !== null) {
    return <a href={to('checkouts', applianceId, documentId)}>{documentId}</a>;
  }
  if (source === 'payout' && sourceRef !== null) {
    return <a href={to('payouts', String(sourceRef))}>Payout {sourceRef}</a>;
  }
  return (
    <>{applianceId === null ? `${plainWords(source)} ${sourceRef ?? ''}` : `An entry of ${applianceId}`}</>
  );
}
