// Payouts, the newest first, and the payees they go to.
import { useState } from 'preact/hooks';
import type { Payee, PayoutState, PayoutView } from '../../../payouts/port.ts';
import { payoutWords } from '../../said/money-words.ts';
import { plainWords } from '../../said/words.ts';
import { act } from '../ask.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice } from '../parts/choice.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Money } from '../parts/money.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { go, to, useQuery } from '../route.ts';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';

export const isAboutPayouts = (about: string) => /Payout|Payee/.test(about);
type Prepared =
  | { kind: 'prepared'; payout: PayoutView }
  | { kind: 'carried'; reason: string; owedMinor: number };

export function Payouts() {
  const [state, setState] = useQuery<PayoutState | 'all'>('state', 'all');
  const [payee, setPayee] = useQuery<string>('payee', 'all');
  const query = new URLSearchParams({
    ...(state !== 'all' && { state }),
    ...(payee !== 'all' && { payee }),
  });
  const payouts = usePages<PayoutView>(`/v1/payouts?${query}`, isAboutPayouts);
  const payees = useAnswer<{ items: Payee[] }>('/v1/payees', isAboutPayouts);
  const [preparing, setPreparing] = useState(false);
  const mayManage = useMay('payout.manage');
  const known = payees.value?.items ?? [];
  const nameOf = (id: string) => known.find((one) => one.id === id)?.name ?? id;
  const isNarrowed = state !== 'all' || payee !== 'all';
  return (
    <>
      <div class="title">
        <h1>Payouts</h1>
        <p class="quiet">What payees are paid for goods that were sold.</p>
        {mayManage && known.length > 0 && (
          <button type="button" onClick={() => setPreparing(true)}>
            Prepare a payout …
          </button>
        )}
      </div>
      <div class="filters">
        <Choice label="State" value={state} of={[['all', 'All'], ...stateChoices]} onValue={setState} />
        <Choice
          label="Payee"
          value={payee}
          of={[['all', 'All'], ...known.map(({ id, name }) => [id, name] as const)]}
          onValue={setPayee}
        />
      </div>
      <Failure of={payouts.first} />
      {payouts.items?.length === 0 && <Nothing narrowed={isNarrowed} payees={payees.value?.items} />}
      {payouts.items !== null && payouts.items.length > 0 && (
        <div class="card">
          <Table
            label="Payouts"
            head={['Payout', 'Payee', 'State', 'Prepared', 'Reference', { title: 'Amount', number: true }]}
            rows={payouts.items.map((one) => ({
              key: one.number,
              cells: [
                <a href={to('payouts', String(one.number))}>Payout {one.number}</a>,
                nameOf(one.payee),
                <PayoutBadge state={one.state} />,
                <Time ms={one.preparedMs} />,
                one.reference ?? <span class="quiet">–</span>,
                <Money minor={one.amountMinor} currency={one.currency} />,
              ],
            }))}
          />
          <More of={payouts} />
        </div>
      )}
      {preparing && <Prepare payees={known} onClose={() => setPreparing(false)} />}
    </>
  );
}

const stateChoices = Object.entries(payoutWords).map(
  ([state, { words }]) => [state as PayoutState, words] as const,
);

export function PayoutBadge({ state }: { state: PayoutState }) {
  const { words, tone } = payoutWords[state];
  return <Badge tone={tone}>{words}</Badge>;
}

function Prepare({ payees, onClose }: { payees: readonly Payee[]; onClose: () => void }) {
  const [payee, setPayee] = useState(payees[0]?.id ?? '');
  const [currency, setCurrency] = useState('GBP');
  const [carried, setCarried] = useState('');
  const done = (prepared: Prepared) => {
    if (prepared.kind === 'carried') return setCarried(prepared.reason);
    onClose();
    go(to('payouts', String(prepared.payout.number)));
  };
  return (
    <Confirm
      title="Prepare a payout"
      yes="Prepare"
      ready={/^[A-Z]{3}$/.test(currency)}
      act={() => act<Prepared>('POST', '/v1/payouts', { payee, currency })}
      onDone={done}
      onClose={onClose}
    >
      <p>Everything the payee is owed in that currency goes into it, as far as the rule allows.</p>
      <Choice
        field
        label="Payee"
        value={payee}
        of={payees.map(({ id, name }) => [id, name] as const)}
        onValue={setPayee}
      />
      <Field
        label="Currency"
        value={currency}
        onValue={(typed) => setCurrency(typed.toUpperCase())}
        maxLength={3}
        required
      />
      {carried !== '' && <p role="status">Nothing was prepared: {plainWords(carried).toLowerCase()}.</p>}
    </Confirm>
  );
}

function Nothing({ narrowed, payees }: { narrowed: boolean; payees: Payee[] | undefined }) {
  if (narrowed) return <Empty title="None is so">Choose all states and payees to see the others.</Empty>;
  if (payees?.length === 0) {
    return (
      <Empty title="Nobody is paid yet">
        <p>
          Make a payee known with <code>holdfast-central payee create</code>, and say in the catalogue whose
          goods are whose.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No payout yet">
      <p>
        Prepare one when a payee is due. Central does it by itself where its configuration gives a schedule.
      </p>
    </Empty>
  );
}
