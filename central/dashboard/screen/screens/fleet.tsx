// Every appliance in a list: filtered, sorted, kept under a name, taken along as a file. Begins with what wants a look.
import { useMemo, useState } from 'preact/hooks';
import {
  type Column,
  countStates,
  type FleetView,
  fleetCsv,
  shownRows,
  wholeFleet,
} from '../../said/fleet-view.ts';
import type { FleetRow } from '../../said/row.ts';
import { plainWords, stateWords } from '../../said/words.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { type LongColumn, LongTable } from '../parts/long-table.tsx';
import { Money } from '../parts/money.tsx';
import { SavedViews } from '../parts/saved-views.tsx';
import { Ago } from '../parts/time.tsx';
import { to } from '../route.ts';
import { saveFile } from '../save-file.ts';
import { useFleet } from '../use-fleet.ts';

const columns: readonly LongColumn<FleetRow, Column>[] = [
  { name: 'id', title: 'Appliance', cell: ({ id }) => <a href={to('appliances', id)}>{id}</a> },
  {
    name: 'site',
    title: 'Site',
    cell: ({ site }) =>
      site === null ? <span class="quiet">no site</span> : <a href={to('sites', site)}>{site}</a>,
  },
  {
    name: 'state',
    title: 'State',
    cell: ({ state, conditions, sinceMs }) => (
      <>
        <StateBadge state={state} />{' '}
        <span class="quiet">
          {conditions.length > 0
            ? conditions.map(plainWords).join(', ')
            : sinceMs !== null && <Ago ms={sinceMs} />}
        </span>
      </>
    ),
  },
  {
    name: 'exposure',
    title: 'Exposure',
    number: true,
    cell: ({ exposureMinor, currency, state }) => (
      <>
        {state === 'silent' && exposureMinor !== null && <span title="At least">≥ </span>}
        <Money minor={exposureMinor} currency={currency} />
      </>
    ),
  },
  {
    name: 'unreceived',
    title: 'Unsent',
    number: true,
    cell: ({ unreceived }) => unreceived ?? <span class="quiet">–</span>,
  },
  { name: 'release', title: 'Release', cell: ({ release }) => release ?? <span class="quiet">–</span> },
  { name: 'heard', title: 'Last heard', cell: ({ lastProofMs }) => <Ago ms={lastProofMs} /> },
];

export function Fleet() {
  const fleet = useFleet();
  const [view, setView] = useState<FleetView>(wholeFleet);
  const rows = fleet.rows ?? [];
  const shown = useMemo(() => shownRows(rows, view), [rows, view]);
  const counts = useMemo(() => countStates(rows), [rows]);
  const toggle = (state: FleetRow['state']) => {
    const states = view.states.includes(state)
      ? view.states.filter((one) => one !== state)
      : [...view.states, state];
    setView({ ...view, states });
  };
  return (
    <>
      <div class="title">
        <h1>Fleet</h1>
        <p class="quiet" aria-live="polite">
          {fleet.rows === null ? 'Reading …' : `${shown.length} of ${rows.length}`}
        </p>
        <SavedViews current={view} onChosen={setView} />
        <button
          type="button"
          onClick={() => saveFile('fleet.csv', fleetCsv(shown))}
          disabled={shown.length === 0}
        >
          CSV
        </button>
      </div>
      <Failure of={fleet} />
      <div class="filters">
        <input
          type="search"
          aria-label="Filter by appliance, site, release or condition"
          placeholder="Filter by appliance, site, release, condition"
          value={view.text}
          onInput={(event) => setView({ ...view, text: event.currentTarget.value })}
        />
        <fieldset class="chips" aria-label="States">
          {counts.map(({ state, count }) => (
            <button
              key={state}
              type="button"
              class={`chip ${stateWords[state].tone}`}
              aria-pressed={view.states.includes(state)}
              onClick={() => toggle(state)}
            >
              {stateWords[state].words} <b>{count}</b>
            </button>
          ))}
        </fieldset>
      </div>
      {fleet.rows !== null && rows.length === 0 && (
        <Empty title="No appliance yet">
          <p>
            Make a one-time code for the first box: <code>holdfast-central enrolment create</code>. It is
            listed here from then on, before it was ever heard.
          </p>
        </Empty>
      )}
      {rows.length > 0 && shown.length === 0 && (
        <Empty title="No appliance is so">
          <button type="button" onClick={() => setView(wholeFleet)}>
            Show the whole fleet
          </button>
        </Empty>
      )}
      {shown.length > 0 && (
        <LongTable
          label="Appliances"
          rows={shown}
          keyOf={({ id }) => id}
          columns={columns}
          sort={view.sort}
          onSort={(sort) => setView({ ...view, sort })}
        />
      )}
    </>
  );
}
