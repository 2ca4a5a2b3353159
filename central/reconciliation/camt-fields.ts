// What is read of one entry or balance of a camt.053, and what it comes to: pure, once its elements have been gathered.
import { amountMinor, currencyCode, xmlDecimal } from './amount.ts';
import { isoDay } from './dates.ts';
import { type AsideReason, type BankEntry, entryTextMax, referencesMax } from './report-row.ts';

/** The elements of an entry or a balance, by the path below it. */
export interface CamtFields {
  at: Map<string, string>;
  references: Set<string>;
  words: string;
  line: number;
}

/** What is wrong with it, at which element. */
export interface CamtWrong {
  kind: 'wrong';
  reason: AsideReason;
  field: string;
  text: string;
}

export interface CamtAmount {
  kind: 'amount';
  minor: number;
  currency: string;
}

/** Below an entry: the names that others gave it, and the words that came with it. */
const referencePaths: ReadonlySet<string> = new Set([
  'NtryRef',
  ...['EndToEndId', 'AcctSvcrRef', 'InstrId', 'TxId', 'PmtInfId', 'MsgId'].map(
    (name) => `NtryDtls/TxDtls/Refs/${name}`,
  ),
  ...['PmtInfId', 'MsgId'].map((name) => `NtryDtls/Btch/${name}`),
  'NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref',
]);
const wordPaths: ReadonlySet<string> = new Set([
  'AddtlNtryInf',
  'NtryDtls/TxDtls/AddtlTxInf',
  'NtryDtls/TxDtls/RmtInf/Ustrd',
  // Who paid and who was paid: in version 08 a party's name stands one step deeper.
  ...['Dbtr/Nm', 'Dbtr/Pty/Nm', 'Cdtr/Nm', 'Cdtr/Pty/Nm', 'CdtrAcct/Id/IBAN'].map(
    (party) => `NtryDtls/TxDtls/RltdPties/${party}`,
  ),
]);
/** The only ones that are needed beside references and words: whatever else a bank writes is passed over. */
const fieldPaths: ReadonlySet<string> = new Set(
  'Amt Amt/@Ccy CdtDbtInd Sts Sts/Cd BookgDt/Dt BookgDt/DtTm ValDt/Dt ValDt/DtTm AcctSvcrRef Tp/CdOrPrtry/Cd'.split(
    ' ',
  ),
);

export function noFields(line: number): CamtFields {
  return { at: new Map(), references: new Set(), words: '', line };
}

/** Keeps what an element says, where it is one that is needed; of repeated ones the first counts. */
export function takeField(fields: CamtFields, at: string, text: string): void {
  if (text === '') return;
  if (fieldPaths.has(at) && !fields.at.has(at)) fields.at.set(at, text);
  // What a bank writes where it has no reference.
  if (referencePaths.has(at) && text !== 'NOTPROVIDED' && fields.references.size < referencesMax) {
    fields.references.add(text);
  }
  if (wordPaths.has(at) && fields.words.length < entryTextMax) {
    fields.words = `${fields.words} ${text}`.trim().slice(0, entryTextMax);
  }
}

export function balanceKind(fields: CamtFields): 'opening' | 'closing' | 'other' {
  switch (fields.at.get('Tp/CdOrPrtry/Cd')) {
    case 'OPBD':
    // The closing balance of the statement before.
    case 'PRCD':
      return 'opening';
    case 'CLBD':
      return 'closing';
    // Available, forward, intermediate: no sum of bookings.
    default:
      return 'other';
  }
}

/** Whether it is in the balances: what is only announced is not. */
export function isBooked(fields: CamtFields): boolean {
  // A code of its own from version 07 on.
  return (fields.at.get('Sts/Cd') ?? fields.at.get('Sts')) === 'BOOK';
}

/** The entry, without the account and the statement that it stands in. */
export function entryFields(
  fields: CamtFields,
):
  | ({ kind: 'entry' } & Omit<BankEntry, 'account' | 'bankReference'> & { bankReference: string | null })
  | CamtWrong {
  const amount = signedAmount(fields);
  if (amount.kind === 'wrong') return amount;
  const booked = fields.at.get('BookgDt/Dt') ?? fields.at.get('BookgDt/DtTm') ?? '';
  const bookedOn = isoDay(booked);
  if (bookedOn === undefined) return wrong('date_malformed', 'BookgDt', booked);
  const value = fields.at.get('ValDt/Dt') ?? fields.at.get('ValDt/DtTm') ?? bookedOn;
  const valueOn = isoDay(value);
  if (valueOn === undefined) return wrong('date_malformed', 'ValDt', value);
  return {
    kind: 'entry',
    bankReference: fields.at.get('AcctSvcrRef') ?? null,
    references: [...fields.references],
    text: fields.words,
    amountMinor: amount.minor,
    currency: amount.currency,
    bookedOn,
    valueOn,
    line: fields.line,
  };
}

/** A reversal says by CdtDbtInd which way the money went now, so that RvslInd changes no sign. */
export function signedAmount(fields: CamtFields): CamtAmount | CamtWrong {
  const written = fields.at.get('Amt/@Ccy') ?? '';
  const currency = currencyCode(written);
  if (currency === undefined) return wrong('currency_unknown', 'Amt/@Ccy', written);
  const text = fields.at.get('Amt') ?? '';
  const amount = amountMinor(text, currency, xmlDecimal);
  if (amount.kind !== 'amount') return wrong(`amount_${amount.kind}`, 'Amt', text);
  const direction = fields.at.get('CdtDbtInd') ?? '';
  if (amount.minor < 0 || (direction !== 'CRDT' && direction !== 'DBIT')) {
    return wrong('entry_malformed', 'CdtDbtInd', direction);
  }
  return { kind: 'amount', minor: direction === 'CRDT' ? amount.minor : 0 - amount.minor, currency };
}

function wrong(reason: AsideReason, field: string, text: string): CamtWrong {
  return { kind: 'wrong', reason, field, text };
}
