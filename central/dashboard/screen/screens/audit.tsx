// Who did what, the newest first, and whether anybody changed it since.
import { useState } from 'preact/hooks';
import type { Actor } from '../../../people/actor.ts';
import { actorName } from '../../said/actor.ts';
import { type Answered, read, refusalWords } from '../ask.ts';
import { Choice } from '../parts/choice.tsx';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { More } from '../parts/more.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useQuery } from '../route.ts';
import { usePages } from '../use-pages.ts';

interface AuditRecord {
  number: number;
  atMs: number;
  actor: Actor;
  action: string;
  about: string;
  detail: Record<string, unknown>;
  hash: string;
}
type Proof =
  | { kind: 'whole'; records: number; hash: string }
  | { kind: 'broken'; number: number; detail: string };

export function Audit() {
  const [action, setAction] = useQuery<string>('action', '');
  const [about, setAbout] = useQuery<string>('about', '');
  const [actor, setActor] = useQuery<string>('actor', 'all');
  const query = new URLSearchParams({ limit: '100', ...(action && { action }), ...(about && { about }) });
  const records = usePages<AuditRecord>(`/v1/audit?${query}`, (route) => !route.startsWith('fleet'));
  const items = records.items ?? [];
  const actors = [...new Set(items.map((one) => actorName(one.actor)))].sort();
  if (actor !== 'all' && !actors.includes(actor)) actors.push(actor);
  const shown = items.filter((one) => actor === 'all' || actorName(one.actor) === actor);
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
        <Choice
          label="By"
          value={actor}
          of={[['all', 'Anybody of those shown'], ...actors.map((one) => [one, one] as const)]}
          onValue={setActor}
        />
      </div>
      <Failure of={records.first} />
      {records.items !== null && shown.length === 0 && (
        <Empty title="No record is so">
          Actions are named as <code>thing.what</code>, and things with their kind, such as{' '}
          <code>appliance leeds-1</code>.
        </Empty>
      )}
      {shown.length > 0 && (
        <div class="card">
          <Table
            label="Audit log"
            head={[{ title: 'Number', number: true }, 'When', 'Who', 'Did', 'About', 'More']}
            rows={shown.map((record) => ({
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
