// What came of the newest synthetic checkout through a box, hop by hop, and asking for another one.
import { useState } from 'preact/hooks';
import type { SyntheticResult } from '../../../../contract/synthetic.ts';
import type { SyntheticView } from '../../../synthetic/port.ts';
import { hopsOf, msWords, syntheticWords } from '../../said/hop-words.ts';
import { act, refusalWords } from '../ask.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Time, useNow } from '../parts/time.tsx';
import { useMay } from '../session.ts';
import { useAnswer } from '../use-answer.ts';

interface Asked {
  id: string;
  untilMs: number;
}

export function ApplianceSynthetic({ id, result }: { id: string; result: SyntheticResult | null }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [said, setSaid] = useState('');
  const mayAsk = useMay('synthetic.ask');
  const ask = async () => {
    const answer = await act<Asked>('POST', `/v1/appliances/${encodeURIComponent(id)}/synthetic-checkouts`);
    if (answer.kind === 'answered') setAsked(answer.value);
    setSaid(answer.kind === 'answered' ? '' : refusalWords(answer));
  };
  return (
    <Card
      title="Synthetic checkout"
      aside={
        mayAsk && (
          <button type="button" class="small" onClick={ask}>
            Ask for one
          </button>
        )
      }
    >
      {asked && <Awaited applianceId={id} of={asked} />}
      {said && (
        <p class="refusal" role="alert">
          {said}
        </p>
      )}
      {result === null ? (
        <Empty title="None was made since it started">
          It moves neither money nor goods, and goes the way of every checkout.
        </Empty>
      ) : (
        <Hops of={result} />
      )}
    </Card>
  );
}

function Hops({ of }: { of: SyntheticResult }) {
  const { words, tone } = syntheticWords(of);
  return (
    <>
      <p>
        <Badge tone={tone}>{words}</Badge>{' '}
        <span class="quiet">
          <Time ms={of.atMs} />
        </span>
      </p>
      <ol class="hops-reached">
        {hopsOf(of).map(({ words: hop, atMs, fromPercent, percent }) => (
          <li key={hop}>
            <span>{hop}</span>
            <span class="hop-bar" aria-hidden="true">
              <span
                class="fill-pending"
                style={{ marginLeft: `${Math.min(99, fromPercent)}%`, width: `${percent}%` }}
              />
            </span>
            <span class="number">
              {atMs === null ? <span class="quiet">not reached</span> : msWords(atMs)}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The fleet tells when the box says how it is; whether it came is asked with that. */
function Awaited({ applianceId, of: { id, untilMs } }: { applianceId: string; of: Asked }) {
  const nowMs = useNow(1000);
  const query = new URLSearchParams({ appliance: applianceId, limit: '10' });
  const came = useAnswer<{ items: SyntheticView[] }>(
    `/v1/synthetic-checkouts?${query}`,
    (about) => about === `fleet ${applianceId}`,
  );
  const found = came.value?.items.find((one) => one.id === id);
  return (
    <p role="status">
      {found
        ? 'It came, and the ledger took it.'
        : nowMs < untilMs
          ? 'Asked. The box makes it when it hears of it …'
          : 'It did not come in time: the box is away, or has much to send before.'}
    </p>
  );
}
