// Bank statements as SWIFT's MT940: :20: :25: :28C: :60a: :61: :86: :62a:, with or without the {1:}{2:}{4: -} around them.
// Booked entries one at a time, and for each statement whether its balances and its entries agree.
import { amountMinor, currencyCode, type Notation } from './amount.ts';
import { entryDay, swiftDay } from './dates.ts';
import { type Bytes, type Line, linesOf } from './lines.ts';
import { notThisFormat } from './refusal.ts';
import { type BankEntry, entryTextMax, type StatementItem, setAside } from './report-row.ts';
import { type StatementSum, startSum } from './statement-sum.ts';

const expected = 'bank statement MT940';
const hint = "Ask the bank for the account's statement as SWIFT MT940; it begins with :20: and :25:.";
const swiftDecimal: Notation = { point: ',', ungrouped: true };
/** A header may come before the first field; beyond this many lines it is another kind of file. */
const headerLinesMax = 10;

/** A field with the lines that go on from it. */
interface Field {
  tag: string;
  lines: string[];
  line: number;
}

interface Statement {
  account: string;
  id: string;
  sum: StatementSum;
  /** The entry that waits for its :86:. */
  entry: BankEntry | undefined;
  line: number;
}

/** A field goes on over this many lines at most (:86: has six); what comes beyond is passed over. */
const fieldLinesMax = 20;

/**
 * The entries of such a file. What is wrong with one sets that one aside; a statement without its closing balance is said
 * to disagree.
 * @throws CommandError file_malformed when it is no MT940
 */
export async function* readMt940(bytes: Bytes): AsyncGenerator<StatementItem> {
  let statement: Statement | undefined;
  for await (const field of fieldsOf(linesOf(bytes))) {
    if (field.tag === '20') {
      yield* finish(statement);
      statement = { account: '', id: '', sum: startSum(), entry: undefined, line: field.line };
    }
    // The door saw to it that :20: comes first.
    if (statement) yield* takeField(field, statement);
  }
  yield* finish(statement);
}

async function* fieldsOf(lines: AsyncIterable<Line>): AsyncGenerator<Field> {
  let field: Field | undefined;
  for await (const { number, text } of lines) {
    // {4: opens the text block, on the line before the first field or on the same.
    const body = text.replace(/^\{.*\{4:/, '').trimEnd();
    const [, tag, rest = ''] = /^:(\d{2}[A-Z]?):(.*)$/.exec(body) ?? [];
    if (tag !== undefined) {
      if (field) yield field;
      else if (tag !== '20') throw notThisFormat(expected, text, hint);
      field = { tag, lines: [rest], line: number };
    } else if (field === undefined) {
      if (number > headerLinesMax || !/^(|\{.*|[A-Z0-9]{1,20})$/.test(body))
        throw notThisFormat(expected, text, hint);
    } else if (body !== '-' && body !== '-}' && field.lines.length < fieldLinesMax) {
      field.lines.push(body);
    }
  }
  if (field === undefined) throw notThisFormat(expected, '', hint);
  yield field;
}

function* takeField(field: Field, statement: Statement): Generator<StatementItem> {
  const [first = ''] = field.lines;
  // Words belong to the entry just before them; with any other field the entry is whole.
  if (field.tag === '86' && statement.entry) addWords(statement.entry, field.lines);
  yield* releaseEntry(statement);
  switch (field.tag) {
    case '25':
      statement.account = first;
      break;
    case '28':
    case '28C':
      statement.id = first;
      break;
    // M is an intermediate balance: the statement goes on in another message, each of which adds up by itself.
    case '60F':
    case '60M':
    case '62F':
    case '62M':
      yield* takeBalance(field, statement);
      break;
    case '61':
      yield* takeEntry(field, statement);
      break;
  }
}

function* takeBalance({ tag, lines, line }: Field, { sum }: Statement): Generator<StatementItem> {
  const [text = ''] = lines;
  const [, mark, day = '', code = '', digits = ''] = /^([CD])(\d{6})([A-Z]{3})(\d+,\d*)$/.exec(text) ?? [];
  const currency = currencyCode(code);
  const amount = currency === undefined ? undefined : amountMinor(digits, currency, swiftDecimal);
  if (currency === undefined || amount?.kind !== 'amount' || swiftDay(day) === undefined) {
    yield { kind: 'aside', aside: setAside(line, 'entry_malformed', text, tag) };
    return;
  }
  sum.currency = currency;
  const minor = mark === 'C' ? amount.minor : 0 - amount.minor;
  if (tag.startsWith('60')) sum.opening(minor);
  else sum.closing(minor);
}

/** Value date, entry date, mark, third letter of the currency, amount, type, owner's reference, bank's reference. */
const entryPattern = /^(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d+,\d*)([A-Z][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;

function* takeEntry({ lines, line }: Field, statement: Statement): Generator<StatementItem> {
  const [text = '', details = ''] = lines;
  const read = readEntry(text, statement.sum.currency);
  if (typeof read === 'string') {
    statement.sum.setAside();
    yield { kind: 'aside', aside: setAside(line, read, text, '61') };
    return;
  }
  const { owner, bank, ...booked } = read;
  // NONREF is what SWIFT has where there is no reference.
  const references = [owner, bank].filter((reference) => reference !== '' && reference !== 'NONREF');
  statement.entry = {
    account: statement.account,
    bankReference: bank || `${statement.id}:${line}`,
    references,
    text: details.slice(0, entryTextMax),
    ...booked,
    line,
  };
}

function readEntry(
  text: string,
  currency: string,
):
  | (Pick<BankEntry, 'amountMinor' | 'currency' | 'bookedOn' | 'valueOn'> & { owner: string; bank: string })
  | 'entry_malformed'
  | 'date_malformed'
  | 'amount_malformed'
  | 'amount_too_large'
  | 'currency_unknown' {
  const [, valueDay, monthDay, mark, , digits = '', , owner = '', bank = ''] = entryPattern.exec(text) ?? [];
  if (valueDay === undefined) return 'entry_malformed';
  // The currency stands in the opening balance only.
  if (currency === '') return 'currency_unknown';
  const amount = amountMinor(digits, currency, swiftDecimal);
  if (amount.kind !== 'amount') return `amount_${amount.kind}`;
  const valueOn = swiftDay(valueDay);
  const bookedOn = valueOn === undefined || monthDay === undefined ? valueOn : entryDay(monthDay, valueOn);
  if (valueOn === undefined || bookedOn === undefined) return 'date_malformed';
  // RC takes a credit back, RD a debit.
  const isCredit = mark === 'C' || mark === 'RD';
  const amountMinorSigned = isCredit ? amount.minor : 0 - amount.minor;
  return {
    amountMinor: amountMinorSigned,
    currency,
    bookedOn,
    valueOn,
    owner: owner.trim(),
    bank: bank.trim(),
  };
}

/** Free words, and out of structured ones (/EREF/, EREF+, ?20) the end-to-end reference. */
function addWords(entry: BankEntry, lines: readonly string[]): void {
  const text = lines.join('').replaceAll(/\?\d{2}/g, ' ');
  entry.text = `${entry.text} ${text}`.trim().slice(0, entryTextMax);
  const [, reference] = /(?:\/EREF\/|EREF\+)\s*([^\s/+]+)/.exec(text) ?? [];
  if (reference !== undefined && reference !== 'NOTPROVIDED') entry.references.push(reference);
}

function* releaseEntry(statement: Statement): Generator<StatementItem> {
  const { entry } = statement;
  if (entry === undefined) return;
  statement.entry = undefined;
  statement.sum.entry(entry);
  yield { kind: 'entry', entry };
}

function* finish(statement: Statement | undefined): Generator<StatementItem> {
  if (statement === undefined) return;
  yield* releaseEntry(statement);
  const { account, id, line } = statement;
  yield { kind: 'statement', check: statement.sum.check({ account, statement: id, line }) };
}
