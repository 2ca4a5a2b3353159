// What can be done with an exception, and the questions that each action asks. Central judges every one of them again.
import { useState } from 'preact/hooks';
import type {
  ExceptionAction,
  ExceptionView,
  ExceptionWithHistory,
} from '../../../reconciliation/exceptions.ts';
import { type Line, sumWords, typedLines } from '../../said/typed-lines.ts';
import { act } from '../ask.ts';
import { Confirm } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { LineFields } from '../parts/line-fields.tsx';
import { Money } from '../parts/money.tsx';
import { useSession } from '../session.ts';

export type ExceptionAsked = ExceptionAction['kind'];
interface Offer {
  kind: ExceptionAsked;
  verb: string;
  means: string;
  lead?: true;
  danger?: true;
}

const offers: readonly Offer[] = [
  { kind: 'confirm', verb: 'Confirm', means: 'What was proposed is done.', lead: true },
  { kind: 'withdraw', verb: 'Withdraw', means: 'The proposal ends; nothing is done.' },
  { kind: 'assign', verb: 'Assign', means: 'Somebody looks after it.' },
  { kind: 'note', verb: 'Note', means: 'It stands in the history. Nothing else changes.' },
  { kind: 'accept', verb: 'Accept', means: 'It is what it is: settled, and nothing is posted.' },
  { kind: 'received', verb: 'Mark received', means: 'What was missing has come some other way: settled.' },
  {
    kind: 'correct',
    verb: 'Correct',
    means: 'Settled by postings of your own, which sum to zero.',
    danger: true,
  },
  { kind: 'chase', verb: 'Chase', means: 'The processor is asked. It stays open until the answer.' },
  { kind: 'split', verb: 'Split', means: 'Parts that add up to it, each an exception of its own.' },
  {
    kind: 'merge',
    verb: 'Merge',
    means: 'It goes on in another open one of the same processor and currency.',
  },
];

/** In the order in which they are offered. */
export function offeredFor(of: ExceptionView): readonly Offer[] {
  return offers.filter(({ kind }) => {
    if (kind === 'note') return true;
    if (of.state === 'settled') return false;
    if (kind === 'confirm' || kind === 'withdraw') return of.proposal !== null;
    return kind !== 'received' || of.status === 'missing' || of.status === 'not_collected';
  });
}

const dayMs = 86_400_000;

export function ExceptionAct(props: {
  path: string;
  asked: ExceptionAsked;
  of: ExceptionWithHistory;
  onDone: () => void;
  onClose: () => void;
}) {
  const { path, asked, of, onDone, onClose } = props;
  const { own } = useSession();
  const offer = offers.find(({ kind }) => kind === asked) ?? offers[0];
  const [note, setNote] = useState('');
  const [name, setName] = useState(asked === 'assign' ? (of.owner ?? own.person.name) : '');
  const [days, setDays] = useState('7');
  const [lines, setLines] = useState<Line[]>(() => [
    { name: '', amount: '' },
    { name: '', amount: '' },
  ]);

  /** Null: something that must be typed is not typed yet. */
  const action = (): ExceptionAction | null => {
    const said = note.trim();
    const typed = typedLines(lines, of.currency);
    switch (asked) {
      case 'assign':
        return { kind: asked, note: said, owner: name.trim() === '' ? null : name.trim() };
      case 'note':
      case 'accept':
      case 'received':
        return { kind: asked, note: said };
      case 'confirm':
      case 'withdraw':
        return of.proposal && { kind: asked, note: said, proposal: of.proposal.number };
      case 'chase':
        return /^[1-9]\d{0,2}$/.test(days)
          ? { kind: asked, note: said, dueMs: Date.now() + Number(days) * dayMs }
          : null;
      case 'merge':
        return /^[1-9]\d*$/.test(name.trim()) ? { kind: asked, note: said, into: Number(name) } : null;
      case 'split':
        return (
          typed && {
            ...{ kind: asked, note: said },
            parts: typed.map(({ name: owner, amountMinor }) => ({ amountMinor, owner: owner || null })),
          }
        );
      case 'correct':
        return (
          typed && {
            ...{ kind: asked, note: said },
            postings: typed.map(({ name: account, amountMinor }) => ({
              account: account as 'suspense',
              ...{ currency: of.currency, amountMinor },
            })),
          }
        );
    }
  };
  const wanted = action();
  return (
    <Confirm
      title={`${offer?.verb}: exception ${of.ref}`}
      yes={offer?.verb ?? ''}
      danger={offer?.danger ?? false}
      ready={note.trim() !== '' && wanted !== null}
      act={() => act<ExceptionView>('POST', `${path}/actions`, wanted ?? {})}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        <Money minor={of.amountMinor} currency={of.currency} />. {offer?.means}
      </p>
      {asked === 'assign' && (
        <Field label="Owner" hint="Empty: nobody." value={name} onValue={setName} maxLength={100} />
      )}
      {asked === 'merge' && (
        <Field
          label="Into exception"
          hint="Its number."
          inputMode="numeric"
          value={name}
          onValue={setName}
          required
        />
      )}
      {asked === 'chase' && (
        <Field label="Answer due in days" inputMode="numeric" value={days} onValue={setDays} required />
      )}
      {(asked === 'correct' || asked === 'split') && (
        <LineFields
          label={asked === 'correct' ? 'Account' : 'Owner'}
          hint={
            asked === 'correct'
              ? `Such as receivable:processor:${of.processor} or suspense; debit above zero, credit below.`
              : 'Empty: nobody.'
          }
          currency={of.currency}
          lines={lines}
          onLines={setLines}
          sum={sumWords(lines, of.currency, asked === 'correct' ? 0 : of.amountMinor)}
        />
      )}
      <Field
        label="Note"
        hint="Why. It stands in the history and in the audit log."
        value={note}
        onValue={setNote}
        maxLength={2000}
        required
      />
    </Confirm>
  );
}
