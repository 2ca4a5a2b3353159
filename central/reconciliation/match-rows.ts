// The ledger against the processor's report: by our reference, by the processor's, and at last by amount and date.
import { present } from '../../kit/assert.ts';
import { type Books, type Column, isPayout, kindOf, type LedgerRows, type ReportRows } from './books.ts';
import { type Chains, createChains } from './chains.ts';
import type { Hearing } from './hearing.ts';
import { passOverUndone } from './match-undone.ts';
import type { Finding, Placement } from './placing.ts';
import { rowKinds } from './report-row.ts';
import { type MatchRules, type ProcessorRules, rulesFor } from './rules.ts';
import { pairByTime, settleGroup, type Timed } from './settle-group.ts';

const dayMs = 86_400_000;

/** What the steps of a matching share; `say` places the rows of a finding and keeps it. */
export interface Matching extends Pick<Hearing, 'arrived' | 'tolerated'> {
  books: Books;
  rules: MatchRules;
  asOfMs: number;
  ledger: Placement;
  report: Placement;
  bank: Placement;
  say(finding: Finding): void;
}

/** Places every row of the ledger, and every row of the report that is no payout and was not placed before. */
export function matchRows(matching: Matching): void {
  const { books } = matching;
  const open = (rows: LedgerRows, placement: Placement) => (row: number) =>
    placement.of(row) === undefined && !isPayout(kindOf(rows, row));
  const ledgerOpen = open(books.ledger, matching.ledger);
  const reportOpen = open(books.report, matching.report);
  const { ledger, report, references } = books;
  const chains = {
    ledger: createChains(ledger.count, references.count),
    report: createChains(report.count, references.count),
  };
  const bySame = (ledgerKey: (row: number) => number, reportKey: (row: number) => number) => {
    const groups = grouped(books, chains, { ledgerOpen, ledgerKey, reportOpen, reportKey });
    for (const [ledger, report] of groups) settleRows(matching, ledger, report);
  };
  bySame(ledger.ours.at, report.ours.at);
  // Metadata of a payment is all that some reports say of its refunds.
  bySame(ledger.charge.at, report.ours.at);
  // A report may lack our reference or have it cut; the processor's own name of the payment is as good.
  bySame(ledger.payment.at, (row) =>
    report.payment.at(row) === -1 ? report.own.at(row) : report.payment.at(row),
  );
  const known = knownPayments(books);
  const order = byContent(books, report);
  passOverUndone(books, matching.report, { isOpen: reportOpen, isKnown: known, order });
  pairRest(matching, ledgerOpen, reportOpen);
  for (let row = 0; row < ledger.count; row++) if (ledgerOpen(row)) leaveLedger(matching, row);
  for (let row = 0; row < report.count; row++) if (reportOpen(row)) leaveReport(matching, row, known);
}

/** The references by which the ledger knows a payment, a byte each. */
function knownPayments({ ledger, references }: Books): (reference: number) => boolean {
  const known = new Uint8Array(references.count);
  for (let row = 0; row < ledger.count; row++) {
    known[ledger.ours.at(row)] = 1;
    if (ledger.payment.at(row) !== -1) known[ledger.payment.at(row)] = 1;
  }
  return (reference) => reference !== -1 && known[reference] === 1;
}

interface Keys {
  ledgerOpen: (row: number) => boolean;
  ledgerKey: (row: number) => number;
  reportOpen: (row: number) => boolean;
  reportKey: (row: number) => number;
}

/** Groups with rows on both sides: the same reference, processor and kind. */
function* grouped(
  books: Books,
  chains: { ledger: Chains; report: Chains },
  keys: Keys,
): Generator<[ledger: number[], report: number[]]> {
  const { ledger, report, references } = books;
  const ledgerChain = chains.ledger.link(keys.ledgerOpen, keys.ledgerKey);
  const reportChain = chains.report.link(keys.reportOpen, keys.reportKey);
  for (let reference = 0; reference < references.count; reference++) {
    const rows = ledgerChain(reference);
    const others = rows.length === 0 ? [] : reportChain(reference);
    if (others.length === 0) continue;
    const kindKey = (side: LedgerRows, row: number) =>
      side.processor.at(row) * rowKinds.length + side.kind.at(row);
    for (const key of new Set(rows.map((row) => kindKey(ledger, row)))) {
      const same = others.filter((row) => kindKey(report, row) === key);
      if (same.length === 0) continue;
      yield [
        rows.filter((row) => kindKey(ledger, row) === key).sort(byContent(books, ledger)),
        same.sort(byContent(books, report)),
      ];
    }
  }
}

/** An order by what rows say and not by when they were added; rows equal in all of it can stand for each other. */
export function byContent(books: Books, rows: LedgerRows | ReportRows): (a: number, b: number) => number {
  const isReport = 'own' in rows;
  const numbers: Column[] = [
    rows.atMs,
    rows.amountMinor,
    rows.feeMinor,
    ...(isReport ? [rows.netMinor] : []),
  ];
  // The numbers of texts depend on the order of adding, the texts do not.
  const references: Column[] = [rows.ours, rows.payment, ...(isReport ? [rows.own, rows.payout] : [])];
  const names: Column[] = [rows.currency, ...(isReport ? [rows.netCurrency] : [])];
  const reference = (number: number) => (number === -1 ? '' : books.references.text(number));
  return (a, b) => {
    for (const column of numbers) {
      const difference = column.at(a) - column.at(b);
      if (difference < 0 || difference > 0) return difference;
    }
    return byText(references, reference, a, b) || byText(names, (number) => books.names.text(number), a, b);
  };
}

function byText(columns: readonly Column[], text: (number: number) => string, a: number, b: number): number {
  for (const column of columns) {
    const [left, right] = [text(column.at(a)), text(column.at(b))];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function settleRows(matching: Matching, ledger: number[], report: number[]): void {
  const { books } = matching;
  const about = aboutRow(matching, books.report, present(report[0], 'row'));
  const currencies = new Set([
    ...ledger.map((row) => books.ledger.currency.at(row)),
    ...report.map((row) => books.report.currency.at(row)),
  ]);
  if (currencies.size > 1) {
    matching.say({ ...about, status: 'currency_differs', ledger, report });
    return;
  }
  const rules = rulesFor(matching.rules, about.processor);
  const amounts = { left: books.ledger.amountMinor.at, right: books.report.amountMinor.at };
  const { pairs, rest } = settleGroup(ledger, report, amounts, rules.amountToleranceMinor);
  for (const [row, other] of pairs) settleFees(matching, rules, [row], [other]);
  switch (rest.kind) {
    case 'none':
    // What nobody answered may yet be found by another reference, or by amount and date.
    case 'left':
      return;
    case 'sum':
      settleFees(matching, rules, rest.left, rest.right);
      return;
    case 'right':
      for (const row of rest.repeated) sayReport(matching, row, 'doubled');
      return;
    case 'differs': {
      const isPair = rest.left.length === 1 && rest.right.length === 1;
      const status = isPair ? 'amount_differs' : 'split_differs';
      const { left, right, differenceMinor } = rest;
      matching.say({ ...about, status, ledger: left, report: right, differenceMinor });
    }
  }
}

/** Rows whose amounts agree: matched, unless the processor kept another fee than was agreed. */
function settleFees(matching: Matching, rules: ProcessorRules, ledger: number[], report: number[]): void {
  const { books } = matching;
  const expected = ledger.map((row) => books.ledger.feeMinor.at(row));
  const currency = books.ledger.currency.at(present(ledger[0], 'row'));
  const isComparable = report.every((row) => books.report.netCurrency.at(row) === currency);
  if (isComparable && !expected.some(Number.isNaN)) {
    const reported = report.map((row) => books.report.feeMinor.at(row));
    const differenceMinor = total(reported) - total(expected);
    const tolerance = BigInt(rules.feeToleranceMinor);
    if (differenceMinor > tolerance || -differenceMinor > tolerance) {
      const about = aboutRow(matching, books.report, present(report[0], 'row'));
      matching.say({ ...about, status: 'fee_differs', ledger, report, differenceMinor });
      return;
    }
  }
  const differenceMinor =
    total(report.map(books.report.amountMinor.at)) - total(ledger.map(books.ledger.amountMinor.at));
  if (differenceMinor !== 0n) {
    const { processor, currency } = aboutRow(matching, books.report, present(report[0], 'row'));
    matching.tolerated({ processor, currency, report, differenceMinor });
  }
  matching.ledger.place(ledger, 'matched');
  matching.report.place(report, 'matched');
}

function total(amounts: readonly number[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
}

/** Rows without a common reference: only a report row that names no reference of ours can be any sale of its amount. */
function pairRest(
  matching: Matching,
  ledgerOpen: (row: number) => boolean,
  reportOpen: (row: number) => boolean,
): void {
  const { ledger, report } = matching.books;
  const pair = (withPayment: boolean) => {
    const lefts = timed(
      matching,
      ledger,
      (row) => ledgerOpen(row) && !(withPayment && ledger.payment.at(row) !== -1),
    );
    const isNameless = (row: number) => reportOpen(row) && report.ours.at(row) === -1;
    const rights = timed(
      matching,
      report,
      (row) => isNameless(row) && (report.payment.at(row) !== -1) === withPayment,
    );
    for (const [processor, own] of rights) {
      const rules = rulesFor(matching.rules, processor);
      const windowMs = rules.pairDaysMax * dayMs;
      const pairs = pairByTime(lefts.get(processor) ?? [], own, { beforeMs: windowMs, afterMs: windowMs });
      for (const [row, other] of pairs) settleFees(matching, rules, [row], [other]);
    }
  };
  // Two rows that both name a payment name different ones: they would have met above.
  pair(true);
  pair(false);
}

function timed(
  { books }: Matching,
  rows: LedgerRows,
  isCandidate: (row: number) => boolean,
): Map<string, Timed[]> {
  const byProcessor = new Map<string, Timed[]>();
  for (let row = 0; row < rows.count; row++) {
    if (!isCandidate(row)) continue;
    const processor = books.names.text(rows.processor.at(row));
    const key = `${kindOf(rows, row)} ${books.names.text(rows.currency.at(row))} ${rows.amountMinor.at(row)}`;
    const list = byProcessor.get(processor) ?? [];
    list.push({ row, key, atMs: rows.atMs.at(row), tie: referenceOf(books, rows, row) });
    byProcessor.set(processor, list);
  }
  return byProcessor;
}

function leaveLedger(matching: Matching, row: number): void {
  const { books } = matching;
  const about = aboutRow(matching, books.ledger, row);
  const waitMs = rulesFor(matching.rules, about.processor).reportDaysMax * dayMs;
  const status = matching.asOfMs <= books.ledger.atMs.at(row) + waitMs ? 'expected' : 'missing';
  matching.say({ ...about, status, ledger: [row], report: [] });
}

function leaveReport(matching: Matching, row: number, isKnown: (reference: number) => boolean): void {
  const { report, names } = matching.books;
  const rules = rulesFor(matching.rules, names.text(report.processor.at(row)));
  const kind = kindOf(report, row);
  // A dispute is the processor's own movement, of a payment that must be ours.
  const follows = rules.followsPayment.includes(kind);
  const isOurs = follows && (isKnown(report.ours.at(row)) || isKnown(report.payment.at(row)));
  if (isOurs || rules.withoutLedger.includes(kind) || kind in rules.bookTo) {
    matching.report.place([row], 'matched');
  } else sayReport(matching, row, 'unknown_to_us');
}

/** One row of the report by itself. */
export function sayReport(matching: Matching, row: number, status: 'doubled' | 'unknown_to_us'): void {
  matching.say({ ...aboutRow(matching, matching.books.report, row), status, ledger: [], report: [row] });
}

function aboutRow(
  { books }: Matching,
  rows: LedgerRows,
  row: number,
): Pick<Finding, 'processor' | 'reference' | 'bank' | 'currency' | 'differenceMinor'> {
  return {
    processor: books.names.text(rows.processor.at(row)),
    reference: referenceOf(books, rows, row),
    bank: [],
    currency: books.names.text(rows.currency.at(row)),
    differenceMinor: null,
  };
}

function referenceOf({ references }: Books, rows: LedgerRows | ReportRows, row: number): string {
  const ours = rows.ours.at(row);
  if (ours !== -1) return references.text(ours);
  return 'own' in rows ? references.text(rows.own.at(row)) : '';
}
