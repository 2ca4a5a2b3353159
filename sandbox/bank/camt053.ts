// Bank statements in ISO 20022: camt.053.001.08, one Stmt an account, in the order the schema wants its elements.
import { decimalText } from '../stripe/money.ts';
import type { Entry } from './account.ts';
import type { Statement } from './statement.ts';

const namespace = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';

export function camt053(statements: readonly Statement[], nowMs: number): string {
  const made = new Date(nowMs).toISOString();
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="${namespace}">
<BkToCstmrStmt>
<GrpHdr><MsgId>SANDBOX-${nowMs}</MsgId><CreDtTm>${made}</CreDtTm></GrpHdr>
${statements.map((statement) => showStatement(statement, made)).join('')}</BkToCstmrStmt>
</Document>
`;
}

function showStatement(statement: Statement, made: string): string {
  const { account, currency, fromMs, toMs, openingMinor, closingMinor, entries } = statement;
  const code = currency.toUpperCase();
  const lastMs = toMs - 1;
  return `<Stmt>
<Id>${account}-${day(lastMs)}</Id>
<CreDtTm>${made}</CreDtTm>
<FrToDt><FrDtTm>${new Date(fromMs).toISOString()}</FrDtTm><ToDtTm>${new Date(lastMs).toISOString()}</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>${account}</Id></Othr></Id><Ccy>${code}</Ccy></Acct>
${showBalance('OPBD', openingMinor, currency, fromMs)}${showBalance('CLBD', closingMinor, currency, lastMs)}${entries
  .map(showEntry)
  .join('')}</Stmt>
`;
}

function showBalance(code: 'OPBD' | 'CLBD', minor: number, currency: string, ms: number): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(minor, currency)}<Dt><Dt>${day(ms)}</Dt></Dt></Bal>\n`;
}

function showEntry({ bankReference, parts, words, amount: minor, currency, bookedMs }: Entry): string {
  const booked = `<Dt>${day(bookedMs)}</Dt>`;
  const batch = parts.length > 1 ? `<Btch><NbOfTxs>${parts.length}</NbOfTxs></Btch>` : '';
  const details = parts.map(
    ({ reference, amount: part }) =>
      `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs>${amount(part, currency)}` +
      `<RmtInf><Ustrd>${words} ${reference}</Ustrd></RmtInf></TxDtls>`,
  );
  return (
    `<Ntry>${amount(minor, currency)}<Sts><Cd>BOOK</Cd></Sts>` +
    `<BookgDt>${booked}</BookgDt><ValDt>${booked}</ValDt><AcctSvcrRef>${bankReference}</AcctSvcrRef>` +
    `${receivedTransfer}<NtryDtls>${batch}${details.join('')}</NtryDtls></Ntry>\n`
  );
}

/** ISO 20022's code for a credit transfer that came in. */
const receivedTransfer =
  '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>';

function amount(minor: number, currency: string): string {
  const text = decimalText(Math.abs(minor), currency);
  return `<Amt Ccy="${currency.toUpperCase()}">${text}</Amt><CdtDbtInd>${minor < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
