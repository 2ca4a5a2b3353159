// Who did what, the newest first, and whether anybody changed it since.
import { useContext, useId, useState } from 'preact/hooks';
import type { AuditRecord } from '../../../people/audit.ts';
import { actorName } from '../../said/actor.ts';
import { auditCsv, auditQuery } from '../../said/audit-view.ts';
import { type Answered, read, refusalWords } from '../ask.ts';
import { Refusal } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time, ZoneContext } from '../parts/time.tsx';
import { to as address, useQuery } from '../route.ts';
import { saveFile } from '../save-file.ts';
import { usePages } from '../use-pages.ts';

type Proof =
  | { kind: 'whole'; records: number; hash: string }
  | { kind: 'broken'; number: number; detail: string };

/** What one browser holds well. */
const savedMax = 20_000;

export function Audit() {
  const [action, setAction] = useQuery<string>('action', '');
  const [about, setAbout] = useQuery<string>('about', '');
  const [who, setWho] = useQuery<string>('who', '');
  const [from, setFrom] = useQuery<string>('from', '');
  const [to, setTo] = useQuery<string>('to', '');
  const { shown } = useContext(ZoneContext);
  const query = auditQuery({ action, about, who, from, to }, shown);
  const narrowed = query.size > 0;
  const records = usePages<AuditRecord>(
    `/v1/audit?limit=100&${query}`,
    (route) => !route.startsWith('fleet'),
  );
  return (
    <>
      <div class="title">
        <h1>Audit log</h1>
        <p class="quiet">Each record holds the hash of the one before: nobody takes one out unseen.</p>
        <Verify />
      </div>
      <div class="filters">
        <Narrow label="Action" hint="key.create" value={action} onValue={setAction} />
        <Narrow label="About" hint="appliance leeds-1" value={about} onValue={setAbout} />
        <Narrow label="Who" hint="ann" value={who} onValue={setWho} />
        <Day label="From" value={from} onValue={setFrom} />
        <Day label="To" value={to} onValue={setTo} />
        <SaveCsv query={query} />
      </div>
      <Failure of={records.first} />
      {records.items?.length === 0 && (
        <Empty title={narrowed ? 'No record is so' : 'Nothing is written yet'}>
          Actions are named as <code>thing.what</code>, things with their kind, such as{' '}
          <code>appliance leeds-1</code>, and persons as they sign in.{' '}
          {narrowed && <a href={address('audit')}>Show all</a>}
        </Empty>
      )}
      {records.items !== null && records.items.length > 0 && (
        <div class="card">
          <Table
            label="Audit log"
            head={[{ title: 'Number', number: true }, 'When', 'Who', 'Did', 'About', 'More']}
            rows={records.items.map((record) => ({
              key: record.number,
              cells: [
                record.number,
                <Time ms={record.atMs} />,
                actorName(record.actor),
                <code>{record.action}</code>,
                record.about,
                <Detail of={record} />,
              ],
            }))}
          />
        </div>
      )}
      <More of={records} />
    </>
  );
}

/** Central takes whole names alone: asked for when they are typed, not at each letter. */
function Narrow(props: { label: string; hint: string; value: string; onValue: (value: string) => void }) {
  const { label, hint, value, onValue } = props;
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={`${label}: ${hint}`}
      defaultValue={value}
      maxLength={200}
      autocapitalize="none"
      onChange={(event) => onValue(event.currentTarget.value.trim())}
    />
  );
}

/** In the zone that the screen is in, as its times are. */
function Day({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  const id = useId();
  return (
    <div class="choice">
      <label for={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={(event) => onValue(event.currentTarget.value)} />
    </div>
  );
}

/** All that is so, and not what is shown alone. */
function SaveCsv({ query }: { query: URLSearchParams }) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setSaid(await saveRecords(query));
    setBusy(false);
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void save()}>
        CSV
      </button>
      <Refusal words={said} />
    </>
  );
}

/** @returns why there is no file; empty: there is one */
async function saveRecords(query: URLSearchParams): Promise<string> {
  const records: AuditRecord[] = [];
  let cursor: number | null = null;
  do {
    const at: string = `/v1/audit?limit=1000&${query}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const answer = await read<{ items: AuditRecord[]; nextCursor: number | null }>(at);
    if (answer.kind !== 'answered') return refusalWords(answer);
    records.push(...answer.value.items);
    cursor = answer.value.nextCursor;
    if (records.length > savedMax) {
      return `There are more than ${savedMax}. Narrow them by days, or write them with holdfast-central audit list --json.`;
    }
  } while (cursor !== null);
  saveFile('audit.csv', auditCsv(records));
  return '';
}

function Detail({ of: { detail, hash } }: { of: AuditRecord }) {
  const fields = Object.entries(detail);
  return (
    <details>
      <summary>
        <span class="clip-line">
          {fields.length === 0 ? 'hash' : fields.map(([name, value]) => `${name} ${said(value)}`).join(', ')}
        </span>
      </summary>
      {fields.map(([name, value]) => (
        <p key={name}>
          <span class="quiet">{name}</span> {said(value)}
        </p>
      ))}
      <p>
        <span class="quiet">hash</span> <code>{hash}</code>
      </p>
    </details>
  );
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The whole chain is recomputed: asked for, not done at each look. */
function Verify() {
  const [proof, setProof] = useState<Answered<Proof> | 'asked' | null>(null);
  const verify = async () => {
    setProof('asked');
    setProof(await read<Proof>('/v1/audit/proof'));
  };
  return (
    <>
      <p class={broken(proof) ? 'proof bad' : 'proof'} role="status">
        {proofWords(proof)}
      </p>
      <button type="button" onClick={verify} disabled={proof === 'asked'}>
        Verify the chain
      </button>
    </>
  );
}

function broken(proof: Answered<Proof> | 'asked' | null): boolean {
  return typeof proof === 'object' && proof?.kind === 'answered' && proof.value.kind === 'broken';
}

function proofWords(proof: Answered<Proof> | 'asked' | null): string {
  if (proof === null) return '';
  if (proof === 'asked') return 'Recomputing …';
  if (proof.kind !== 'answered') return refusalWords(proof);
  const { value } = proof;
  return value.kind === 'whole'
    ? `Whole: ${value.records} records, the last ${value.hash.slice(0, 12)}…`
    : `Broken at record ${value.number}: ${value.detail}`;
}
