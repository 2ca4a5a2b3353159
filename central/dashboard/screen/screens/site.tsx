// One site: its boxes, what is wrong with them, and its exposure: what boxes say is not sent yet, and what central knows of but was
// not paid for.
import type { ExposureRow } from '../../../charging/port.ts';
import { siteOf } from '../../said/site-view.ts';
import { plainWords } from '../../said/words.ts';
import { Badge, StateBadge } from '../parts/badge.tsx';
import { Card, Facts } from '../parts/card.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Money } from '../parts/money.tsx';
import { Table } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import { Title } from '../parts/title.tsx';
import { to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';
import { useFleet } from '../use-fleet.ts';
import { SiteExposure } from './sites.tsx';

export function Site({ name }: { name: string }) {
  const fleet = useFleet();
  const rows = fleet.rows?.filter(({ site }) => site === name) ?? [];
  const site = siteOf(name, rows);
  const ids = new Set(rows.map(({ id }) => `fleet ${id}`));
  const exposure = useAnswer<{ items: ExposureRow[] }>(
    `/v1/exposure?site=${encodeURIComponent(name)}&limit=1000`,
    (about) => ids.has(about) || /Review/.test(about),
  );
  return (
    <>
      <Title back={[['sites'], 'Sites']} name={name}>
        {site.worst && <StateBadge state={site.worst} />}
      </Title>
      <Failure of={fleet} />
      <Failure of={exposure} />
      {fleet.rows !== null && (
        <div class="cards">
          <Card title="Exposure">
            <Facts
              of={[
                ['Approved offline', <SiteExposure of={site} />],
                ['Boxes', String(rows.length)],
                ['Entries not here', unreceived(rows)],
              ]}
            />
          </Card>
          <Card title="Conditions">
            {site.conditions.length === 0 ? (
              <Empty title="None is named">Nothing at its boxes wants a look.</Empty>
            ) : (
              <ul class="conditions">
                {site.conditions.map(({ code, boxes }) => (
                  <li key={code}>
                    <Badge tone="warn">{plainWords(code)}</Badge>{' '}
                    <span class="quiet">{boxes === 1 ? 'one box' : `${boxes} boxes`}</span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="Boxes" shape="wide">
            {rows.length === 0 ? (
              <Empty title="No box yet">
                <p>
                  Make a one-time code for its first one:{' '}
                  <code>holdfast-central enrolment create --site</code> and the name of the site.
                </p>
              </Empty>
            ) : (
              <Table
                label="Boxes"
                head={[
                  'Box',
                  'State',
                  'Last heard',
                  { title: 'Unsent', number: true },
                  { title: 'Exposure', number: true },
                ]}
                rows={rows.map((row) => ({
                  key: row.id,
                  cells: [
                    <a href={to('appliances', row.id)}>{row.id}</a>,
                    <StateBadge state={row.state} />,
                    <Ago ms={row.lastProofMs} />,
                    row.unreceived ?? <span class="quiet">–</span>,
                    <SiteExposure of={siteOf(row.id, [row])} />,
                  ],
                }))}
              />
            )}
          </Card>
          <Card title="Booked, and not paid for" shape="wide">
            <NotPaid of={exposure.value?.items ?? []} />
          </Card>
        </div>
      )}
    </>
  );
}

function unreceived(rows: readonly { unreceived: number | null; state: string }[]): string {
  const sum = rows.reduce((total, row) => total + (row.unreceived ?? 0), 0);
  return rows.some(({ state }) => state === 'silent') ? `at least ${sum}` : String(sum);
}

function NotPaid({ of }: { of: readonly ExposureRow[] }) {
  if (of.length === 0) {
    return (
      <Empty title="Everything that arrived from here was paid, or waits for nobody">None is open.</Empty>
    );
  }
  return (
    <Table
      label="Booked, and not paid for"
      head={[
        'Box',
        { title: 'Open', number: true },
        { title: 'Held for a person', number: true },
        { title: 'Written off', number: true },
      ]}
      rows={of.map((row) => ({
        key: `${row.applianceId} ${row.currency}`,
        cells: [
          <a href={to('appliances', row.applianceId)}>{row.applianceId}</a>,
          <Counted minor={row.openMinor} count={row.openCount} currency={row.currency} />,
          <Counted minor={row.heldMinor} count={row.heldCount} currency={row.currency} />,
          <Counted minor={row.writtenOffMinor} count={row.writtenOffCount} currency={row.currency} />,
        ],
      }))}
    />
  );
}

function Counted({ minor, count, currency }: { minor: number; count: number; currency: string }) {
  return (
    <>
      <Money minor={minor} currency={currency} /> <span class="quiet">({count})</span>
    </>
  );
}
