// The fleet by its sites: those that want a look first, each with what it has at stake.
import { useMemo, useState } from 'preact/hooks';
import { type SiteView, sitesOf } from '../../said/site-view.ts';
import { plainWords } from '../../said/words.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { useFleet } from '../use-fleet.ts';

/** In one table; whoever has more types a part of a name. */
const sitesShownMax = 200;

export function Sites() {
  const fleet = useFleet();
  const known = useAnswer<{ items: { name: string }[] }>('/v1/sites', (about) =>
    /Site|Enrolment/.test(about),
  );
  const [text, setText] = useState('');
  const names = known.value?.items.map(({ name }) => name) ?? [];
  const sites = useMemo(() => sitesOf(fleet.rows ?? [], names), [fleet.rows, known.value]);
  const typed = text.trim().toLowerCase();
  const found = sites.filter(({ name }) => name.toLowerCase().includes(typed));
  const isRead = fleet.rows !== null && known.value !== null;
  return (
    <>
      <div class="title">
        <h1>Sites</h1>
        <p class="quiet" aria-live="polite">
          {isRead ? `${found.length} of ${sites.length}` : 'Reading …'}
        </p>
      </div>
      <Failure of={fleet} />
      <Failure of={known} />
      {sites.length > 0 && (
        <div class="filters">
          <input
            type="search"
            aria-label="Filter by site"
            placeholder="Filter by site"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
      )}
      {isRead && sites.length === 0 && (
        <Empty title="No site yet">
          <p>
            A site comes with its first box: <code>holdfast-central enrolment create --new-site</code>.
          </p>
        </Empty>
      )}
      {found.length > 0 && (
        <div class="card">
          <Table
            label="Sites"
            head={[
              'Site',
              { title: 'Boxes', number: true },
              'State',
              'Conditions',
              { title: 'Exposure', number: true },
            ]}
            rows={found.slice(0, sitesShownMax).map((site) => ({ key: site.name, cells: cellsOf(site) }))}
          />
          {found.length > sitesShownMax && (
            <p class="quiet">The first {sitesShownMax}. Type a part of a name to find the others.</p>
          )}
        </div>
      )}
    </>
  );
}

function cellsOf(site: SiteView) {
  return [
    <a href={to('sites', site.name)}>{site.name}</a>,
    site.rows.length,
    site.worst === null ? <span class="quiet">no box yet</span> : <StateBadge state={site.worst} />,
    <span class="quiet">{site.conditions.map(({ code }) => plainWords(code)).join(', ')}</span>,
    <SiteExposure of={site} />,
  ];
}

export function SiteExposure({ of: { exposure } }: { of: SiteView }) {
  if (exposure.length === 0) return <span class="quiet">–</span>;
  return (
    <>
      {exposure.map(({ currency, minor, isAtLeast }, i) => (
        <span key={currency}>
          {i > 0 && ', '}
          {isAtLeast && <span title="At least: one of its boxes is silent">≥ </span>}
          <Money minor={minor} currency={currency} />
        </span>
      ))}
    </>
  );
}
