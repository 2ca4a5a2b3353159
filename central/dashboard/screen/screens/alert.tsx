// One alert: what is wrong, which boxes it is about, and what was done with it.
import type { AlertWithEvents } from '../../../alerts/port.ts';
import { actorName } from '../../said/actor.ts';
import { alertEventWords, causeWords, subjectWords } from '../../said/alert-words.ts';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Time, useNow } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { AlertActs } from './alert-acts.tsx';
import { AlertHead, concernsAlerts } from './alerts.tsx';

export function AlertScreen({ number }: { number: string }) {
  const alert = useAnswer<AlertWithEvents>(`/v1/alerts/${encodeURIComponent(number)}`, concernsAlerts);
  const nowMs = useNow(10_000);
  const { value } = alert;
  return (
    <>
      <Title
        back={[['alerts'], 'Alerts']}
        name={value ? `${causeWords(value.rule)} · ${subjectWords(value)}` : `Alert ${number}`}
      />
      <Failure of={alert} />
      {value && (
        <div class="cards">
          <section class="card alert">
            <AlertHead of={value} nowMs={nowMs} />
            <AlertActs of={value} onDone={alert.again} />
          </section>
          <Card title="Boxes" aside={<p class="quiet">{value.membersCount}</p>}>
            {value.members.length === 0 ? (
              <Empty title="It is about central itself">
                No box is to blame: look at central’s link, disk and certificates.
              </Empty>
            ) : (
              <ul class="members">
                {value.members.map((id) => (
                  <li key={id}>
                    <a href={to('appliances', id)}>{id}</a>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="History">
            <ol class="happened">
              {value.events.map(({ kind, actor, note, atMs }) => (
                <li key={`${kind} ${atMs}`}>
                  <p>
                    {alertEventWords[kind]}. {note}
                  </p>
                  <p class="quiet">
                    <Time ms={atMs} />, {actorName(actor)}
                  </p>
                </li>
              ))}
            </ol>
          </Card>
        </div>
      )}
    </>
  );
}
