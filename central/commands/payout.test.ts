import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, checkoutEntry } from '../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';

const nowMs = Date.now() - 60_000;
const catalogue = 'sku,name,priceMinor,payee,payeeBasisPoints,feeBasisPoints\nA,Soup,1000,acme,,1500\n';

describe('payee, payout and ledger correct', () => {
  let desk: Desk;
  beforeAll(() => {
    desk = openDesk();
  });
  afterAll(() => desk.remove());

  it('take a payee from its first product to its statement', async () => {
    const file = desk.file('catalogue.csv', catalogue);
    expect(await desk.run('catalogue', 'import', file)).toMatchObject(refusal(1, 'payee_unknown', 'acme'));
    const named = ['--name', 'Acme <& Söhne>', '--bank-reference', 'GB29'];
    await desk.json('payee', 'create', '--id', 'acme', ...named);
    expect(await desk.run('payee', 'create', '--id', 'acme', ...named)).toMatchObject(
      refusal(1, 'payee_known'),
    );
    expect(await desk.run('payee', 'create', '--id', 'house', ...named)).toMatchObject(
      refusal(2, 'argument_malformed', '--id'),
    );
    await desk.json('catalogue', 'import', file);

    const { privateKey, publicKeyDer } = testKeys();
    const journal = createTestJournal('leeds-1', privateKey);
    const line = {
      sku: 'A',
      quantity: 1,
      price: { priceMinor: 1000, baseQuantity: 1 as const },
      totalMinor: 1000,
    };
    journal.append(bytesOf(checkoutEntry({ totalMinor: 1000, judged: [line] })));
    const payload = await journal.payload(1, 1);
    const { journalId } = journal;
    desk.inStore((store) => {
      const facts = { lastSeq: 1, lastHash: journal.hashAt(1), feedId: null, appliedThrough: 0, nowMs };
      store.hello({ applianceId: 'leeds-1', publicKey: publicKeyDer, journalId, release: 't', ...facts });
      store.receive({ applianceId: 'leeds-1', payload, nowMs });
      store.bookPiece(1, nowMs);
    });

    expect(await desk.json('payee', 'show', 'acme')).toMatchObject({
      owed: [{ currency: 'GBP', owedMinor: 850 }],
    });
    expect(await desk.json('payout', 'create')).toMatchObject({
      items: [{ kind: 'prepared', payee: 'acme' }],
    });
    expect(await desk.run('payout', 'create', '--payee', 'bolt')).toMatchObject(
      refusal(1, 'payee_unknown', 'bolt'),
    );
    const statement = desk.file('acme.html');
    await desk.json('payout', 'statement', '1', '--format', 'html', '--out', statement);
    const html = readFileSync(statement, 'utf8');
    expect(html).toContain('Acme &#60;&#38; Söhne&#62;');
    expect(html).toContain('<td class="n">8.50</td></tr></tfoot>');
    expect(html).not.toMatch(/<script|https?:/);
    const { stdout } = await desk.run('payout', 'statement', '1');
    const amounts = stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => Number(row.split(',')[7]));
    expect(amounts).toEqual([1000, -150]);
  });

  it('refuse a step that is not the next, and an approval by who prepared it', async () => {
    expect(await desk.run('payout', 'paid', '1', '--reference', 'x')).toMatchObject(
      refusal(1, 'payout_refused'),
    );
    expect(await desk.run('payout', 'approve', '1')).toMatchObject(
      refusal(1, 'payout_refused', 'approveOwn'),
    );
    expect(await desk.run('payout', 'show', '9')).toMatchObject(refusal(1, 'payout_unknown'));
    expect(await desk.run('payout', 'show', 'x')).toMatchObject(refusal(2, 'argument_malformed'));
    expect(await desk.json('payout', 'fail', '1', '--reason', 'account closed')).toMatchObject({
      state: 'failed',
    });
    expect((await desk.run('payout', 'list')).stdout).toBe('payout 1: 8.50 GBP to acme, failed\n');
  });

  it('correct a movement once, by lines that sum to zero on accounts of the chart', async () => {
    const correct = ['ledger', 'correct', '--movement', '1', '--reason', 'wrong payee'];
    const wrong = desk.file('wrong.csv', 'account,currency,amountMinor\npocket,GBP,1\nsuspense,XXX,0\n');
    expect(await desk.run(...correct, '--posting', wrong)).toMatchObject(
      refusal(2, 'postings_malformed', 'line 2, account', 'line 3, currency', 'line 3, amountMinor'),
    );
    const lopsided = desk.file('lopsided.csv', 'account,currency,amountMinor\nsuspense,GBP,1\n');
    expect(await desk.run(...correct, '--posting', lopsided)).toMatchObject(refusal(2, 'leave 1 GBP'));
    const instead = desk.file(
      'instead.csv',
      'account,currency,amountMinor\nreceivable:customer,GBP,1000\npayable:payee:house,GBP,-1000\n',
    );
    expect(await desk.json(...correct, '--posting', instead)).toMatchObject({ reversal: 2, replacement: 3 });
    expect(await desk.run(...correct)).toMatchObject(refusal(1, 'movement_refused'));
    expect((await desk.run('ledger', 'check')).code).toBe(0);
  });
});
