// What somebody should know, the worst that nobody has first: one alert for one cause, however many boxes. Made for a phone, too.
import type { Alert } from '../../../alerts/words.ts';
import { alertStateWords, causeWords, inTurn, severityWords, subjectWords } from '../../said/alert-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { More } from '../parts/more.tsx';
import { Ago, Time, useNow } from '../parts/time.tsx';
import { to, useQuery } from '../route.ts';
import { usePages } from '../use-pages.ts';
import { AlertActs } from './alert-acts.tsx';
import { MaintenanceWindows } from './maintenance.tsx';

export const concernsAlerts = (about: string) => /Alert/.test(about);

export function Alerts() {
  const [state, setState] = useQuery<'standing' | 'cleared'>('state', 'standing');
  const alerts = usePages<Alert>(`/v1/alerts?state=${state}&limit=100`, concernsAlerts);
  const nowMs = useNow(10_000);
  const items = alerts.items ?? [];
  const open = items.filter((one) => one.state === 'open').length;
  return (
    <>
      <div class="title">
        <h1>Alerts</h1>
        <p class="quiet" aria-live="polite">
          {alerts.items === null ? 'Reading …' : state === 'standing' ? `${open} open` : ''}
        </p>
        <Choice
          label="Show"
          value={state}
          of={[
            ['standing', 'What stands'],
            ['cleared', 'What was'],
          ]}
          onValue={setState}
        />
      </div>
      <Failure of={alerts.first} />
      {alerts.items?.length === 0 && (
        <Empty title={state === 'standing' ? 'Nothing wants you' : 'Nothing was wrong yet'}>
          <p>
            A box that falls silent, a disk that fills, money that waits: whatever somebody should know comes
            here by itself, once for one cause.
          </p>
        </Empty>
      )}
      <ul class="rows">
        {inTurn(items, nowMs).map((alert) => (
          <li
            key={alert.number}
            class={`card alert ${alert.state} ${severityWords[alert.severity].tone}-edge`}
          >
            <AlertHead of={alert} nowMs={nowMs} />
            <AlertActs of={alert} onDone={alerts.first.again} />
          </li>
        ))}
      </ul>
      <More of={alerts} />
      {state === 'standing' && <MaintenanceWindows />}
    </>
  );
}

export function AlertHead({ of, nowMs }: { of: Alert; nowMs: number }) {
  const { number, rule, words, severity, state, openedMs, snoozedUntilMs, escalatedMs, clearedMs } = of;
  const isOff = snoozedUntilMs !== null && snoozedUntilMs > nowMs && state !== 'cleared';
  return (
    <>
      <header>
        <h2>
          <a href={to('alerts', String(number))}>
            {causeWords(rule)} · {subjectWords(of)}
          </a>
        </h2>
        <p class="badges">
          {state !== 'cleared' && (
            <Badge tone={severityWords[severity].tone}>{severityWords[severity].words}</Badge>
          )}
          {state !== 'open' && (
            <Badge tone={alertStateWords[state].tone}>{alertStateWords[state].words}</Badge>
          )}
          {escalatedMs !== null && state !== 'cleared' && <Badge tone="bad">Escalated</Badge>}
        </p>
      </header>
      <p>{words}</p>
      <p class="quiet">
        {of.site !== null && `${of.site} · `}opened <Ago ms={openedMs} />
        {isOff && (
          <>
            {' '}
            · put off until <Time ms={snoozedUntilMs} />
          </>
        )}
        {clearedMs !== null && (
          <>
            {' '}
            · well again <Ago ms={clearedMs} />
          </>
        )}
      </p>
    </>
  );
}
