// Bank statements in ISO 20022: camt.053.001, versions 02 to 08 (BankToCustomerStatement). Booked entries one at a time, and
// for each statement whether its balances and its entries agree.
import {
  balanceKind,
  type CamtFields,
  entryFields,
  isBooked,
  noFields,
  signedAmount,
  takeField,
} from './camt-fields.ts';
import type { Bytes } from './lines.ts';
import { notThisFormat } from './refusal.ts';
import { type AsideReason, type StatementItem, setAside } from './report-row.ts';
import { type StatementSum, startSum } from './statement-sum.ts';
import { type XmlEvent, xmlEvents } from './xml-events.ts';

const namespacePattern = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]$/;
const expected = 'bank statement camt.053, versions 02 to 08';
const hint = "Ask the bank for the account's statement as camt.053.001.02 or .08, in UTF-8.";

const statementPath = 'Document/BkToCstmrStmt/Stmt';
const entryPath = `${statementPath}/Ntry`;
const balancePath = `${statementPath}/Bal`;

interface Statement {
  account: string;
  id: string;
  sum: StatementSum;
  line: number;
}

/** Where the reader stands: the elements it is within, and what it gathers. */
interface Walk {
  path: string[];
  statement: Statement | undefined;
  fields: CamtFields | undefined;
}

/**
 * The entries of such a file. What is wrong with one sets that one aside; where the XML itself breaks off, what was read
 * before stands, and the rest is set aside as `truncated`.
 * @throws CommandError file_malformed when it is no camt.053
 */
export async function* readCamt053(bytes: Bytes): AsyncGenerator<StatementItem> {
  const walk: Walk = { path: [], statement: undefined, fields: undefined };
  let started = false;
  for await (const event of xmlEvents(bytes)) {
    if (!started) assertRoot(event);
    started = true;
    switch (event.kind) {
      case 'open':
        open(walk, event);
        break;
      case 'close':
        yield* close(walk, event.text);
        break;
      case 'broken':
        yield* finishStatement(walk);
        yield { kind: 'aside', aside: setAside(event.line, 'truncated', event.problem) };
        break;
    }
  }
  if (!started) throw notThisFormat(expected, '', hint);
}

function assertRoot(event: XmlEvent): void {
  if (event.kind === 'broken') throw notThisFormat(expected, event.problem, hint);
  if (event.kind === 'open' && event.name === 'Document' && namespacePattern.test(event.namespace)) return;
  const namespace = event.kind === 'open' ? event.namespace : '';
  throw notThisFormat(expected, `<${event.name} xmlns="${namespace}">`, hint);
}

function open(walk: Walk, { name, attributes, line }: XmlEvent & { kind: 'open' }): void {
  walk.path.push(name);
  const at = walk.path.join('/');
  if (at === statementPath) walk.statement = { account: '', id: '', sum: startSum(), line };
  if (at === entryPath || at === balancePath) walk.fields = noFields(line);
  const currency = name === 'Amt' ? attributes.Ccy : undefined;
  if (walk.fields && currency !== undefined) takeField(walk.fields, `${below(walk.path)}/@Ccy`, currency);
}

function* close(walk: Walk, text: string): Generator<StatementItem> {
  const { path, statement, fields } = walk;
  const at = path.join('/');
  path.pop();
  if (statement === undefined) return;
  if (at === statementPath) yield* finishStatement(walk);
  else if (fields === undefined) nameStatement(statement, at.slice(statementPath.length + 1), text);
  else if (at === entryPath) yield finishEntry(fields, statement);
  else if (at === balancePath) yield* finishBalance(fields, statement);
  else takeField(fields, below([...path, at.slice(at.lastIndexOf('/') + 1)]), text);
  if (at === entryPath || at === balancePath) walk.fields = undefined;
}

/** The path below an entry or a balance, which is four steps deep. */
function below(path: readonly string[]): string {
  return path.slice(4).join('/');
}

function nameStatement(statement: Statement, at: string, text: string): void {
  if (at === 'Id') statement.id = text;
  if (at === 'Acct/Id/IBAN' || at === 'Acct/Id/Othr/Id') statement.account = text;
}

function finishEntry(fields: CamtFields, { account, id, sum }: Statement): StatementItem {
  if (!isBooked(fields)) return aside(fields, 'not_booked', 'Sts', fields.at.get('Sts') ?? '');
  const read = entryFields(fields);
  if (read.kind === 'wrong') {
    sum.setAside();
    return aside(fields, read.reason, read.field, read.text);
  }
  const { kind, bankReference, ...rest } = read;
  if (sum.currency === '') sum.currency = rest.currency;
  // An account has one currency: an entry in another cannot be part of its balances.
  if (sum.currency !== rest.currency) {
    sum.setAside();
    return aside(fields, 'currency_unknown', 'Amt/@Ccy', rest.currency);
  }
  const entry = { account, bankReference: bankReference ?? `${id}:${fields.line}`, ...rest };
  sum.entry(entry);
  return { kind, entry };
}

function finishBalance(fields: CamtFields, { sum }: Statement): StatementItem[] {
  const kind = balanceKind(fields);
  if (kind === 'other') return [];
  const amount = signedAmount(fields);
  if (amount.kind === 'wrong') return [aside(fields, amount.reason, amount.field, amount.text)];
  sum.currency = amount.currency;
  if (kind === 'opening') sum.opening(amount.minor);
  else sum.closing(amount.minor);
  return [];
}

function* finishStatement(walk: Walk): Generator<StatementItem> {
  if (walk.statement === undefined) return;
  const { account, id, line, sum } = walk.statement;
  walk.statement = undefined;
  yield { kind: 'statement', check: sum.check({ account, statement: id, line }) };
}

function aside({ line }: CamtFields, reason: AsideReason, field: string, text: string): StatementItem {
  return { kind: 'aside', aside: setAside(line, reason, text, field) };
}
