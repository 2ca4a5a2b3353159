// `journal` as an operator runs it: what is in doubt, a person's word on it, and a journal handed over as a file.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byTester } from '../fixtures/by.ts';
import { bytesOf, checkoutEntry, salvageEntry } from '../fixtures/entries.ts';
import { createTestJournal, type TestJournal, testKeys } from '../fixtures/journal.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';

const { privateKey, publicKeyDer } = testKeys();
const nowMs = 1_795_000_000_000;
let desk: Desk;
let journal: TestJournal;
beforeEach(() => {
  desk = openDesk();
  journal = createTestJournal('box-1', privateKey);
  journal.append(...[1, 2, 3, 4, 5, 6].map((n) => bytesOf(checkoutEntry({ totalMinor: n }))));
  journal.append(Buffer.from('no JSON, and "quoted"'), bytesOf(checkoutEntry({ totalMinor: 8 })));
});
afterEach(() => desk.remove());

/** Has the first entries received. */
async function receive(lastSeq: number, at: TestJournal = journal, applianceId = 'box-1'): Promise<void> {
  const payload = lastSeq === 0 ? null : await at.payload(1, lastSeq);
  desk.inStore((store) => {
    store.registerAppliance({ id: applianceId, site: 'Leeds' }, byTester(nowMs));
    const said = {
      applianceId,
      publicKey: publicKeyDer,
      journalId: at.journalId,
      feedId: null,
      appliedThrough: 0,
    };
    store.hello({ ...said, lastSeq, lastHash: at.hashAt(lastSeq), release: 't', nowMs });
    if (payload) store.receive({ applianceId, payload, nowMs });
    while (store.bookPiece(100, nowMs).more);
  });
}

/** As the box exports it. */
function exported(firstSeq = 1, lastSeq = journal.lastSeq(), from: TestJournal = journal): string[] {
  return from.bodies.slice(firstSeq - 1, lastSeq).map((body, i) => {
    const text = body.toString();
    const entry = text.startsWith('{') ? text : JSON.stringify(text);
    return `{"seq":${firstSeq + i},"hash":"${from.hashAt(firstSeq + i)}","entry":${entry}}\n`;
  });
}
const hand = (lines: readonly string[], ...more: string[]) =>
  desk.run(
    ...['journal', 'import', desk.file('journal.jsonl', lines.join('')), '--appliance', 'box-1'],
    ...['--note', 'from its disk', ...more],
  );
const receivedOf = (applianceId = 'box-1') =>
  desk.inStore((store) => store.journalEnds(applianceId)?.map(({ receivedThrough }) => receivedThrough));
const audited = (action: string) =>
  desk.inStore((store) => store.auditRecords({ action, about: null, cursor: null, limit: 9 }).items);

describe('journal import', () => {
  it('takes a whole journal from the receipt on, byte for byte, and once', async () => {
    await receive(3);
    expect(await hand(exported())).toEqual({
      code: 0,
      stdout: `journal ${journal.journalId}: 5 entries stored; central has 8\n`,
      stderr: '',
    });
    const stored = desk.inStore((store: SqliteStore) => {
      while (store.bookPiece(100, nowMs).more);
      return store.entries({ journalId: journal.journalId, applianceId: null, after: 3, limit: 9 });
    });
    expect(stored).toMatchObject([
      ...Array(3).fill({ state: 'booked' }),
      { state: 'parked' },
      { state: 'booked' },
    ]);
    expect((await hand(exported())).stdout).toContain('nothing new; central has 8');
    expect(audited('journal.import')).toMatchObject([
      { about: 'appliance box-1', detail: { firstSeq: 1, lastSeq: 8, note: 'from its disk' } },
    ]);
  });

  it.each([
    ['that begins at the receipt', 4, 8, 8],
    ['that begins before it', 2, 6, 6],
    ['that begins with the last one received', 3, 5, 5],
  ])('takes a part %s', async (_, firstSeq, lastSeq, central) => {
    await receive(3);
    expect((await hand(exported(firstSeq, lastSeq))).code).toBe(0);
    expect(receivedOf()).toEqual([central]);
  });

  it('refuses a part that begins behind the receipt, and says where central stands', async () => {
    await receive(3);
    expect(await hand(exported(6))).toEqual(refusal(1, 'journal_unproven', 'central has 3 of journal'));
    expect(receivedOf()).toEqual([3]);
  });

  it('takes what stands before a gap, and names the line', async () => {
    await receive(3);
    const lines = exported();
    const gap = await hand([...lines.slice(0, 5), ...lines.slice(6)]);
    expect(gap.code).toBe(1);
    expect(gap.stdout).toContain('2 entries stored; central has 5');
    expect(gap.stdout).toContain('line 6, where 6 should stand, leaves entries out');
    expect(receivedOf()).toEqual([5]);
  });

  it('takes nothing from an altered entry on, nor what was hashed anew behind the receipt', async () => {
    await receive(3);
    const altered = exported().map((line, i) =>
      i === 4 ? line.replace('"totalMinor":5', '"totalMinor":9') : line,
    );
    const said = await hand(altered);
    expect([said.code, said.stdout]).toEqual([1, expect.stringContaining('line 5, where 5 should stand')]);
    expect(receivedOf()).toEqual([4]);
    const forged = createTestJournal('box-1', privateKey, journal.journalId);
    forged.append(bytesOf(checkoutEntry()), ...journal.bodies.slice(1));
    expect(await hand(exported(1, 8, forged))).toEqual(refusal(1, 'goes on from no journal'));
    expect(await hand(exported(5, 8, forged))).toEqual(refusal(1, 'goes on from no journal'));
    expect(receivedOf()).toEqual([4]);
  });

  it('refuses the journal of another box', async () => {
    const other = createTestJournal('box-2', privateKey);
    other.append(...[1, 2, 3, 4, 5].map(() => bytesOf(checkoutEntry())));
    await receive(3);
    await receive(4, other, 'box-2');
    expect(await hand(exported(1, 5, other))).toEqual(refusal(1, 'goes on from no journal'));
    expect(await hand(exported(1, 5, other), '--journal', other.journalId)).toEqual(
      refusal(1, 'journal_of_another', 'is of box-2'),
    );
    expect(await hand(exported(1, 5, other), '--journal', randomUUID())).toEqual(refusal(1, 'is of box-2'));
    expect(await hand(exported(), '--appliance', 'box-9')).toEqual(refusal(1, 'appliance_unknown'));
    expect(receivedOf()).toEqual([3]);
    // The journals that were named are not there.
    expect(receivedOf('box-2')).toEqual([4]);
  });

  it('takes a journal of which nothing was ever received by the word of who names it', async () => {
    await receive(0);
    expect(await hand(exported())).toEqual(refusal(1, 'goes on from no journal', '--journal'));
    expect((await hand(exported(), '--journal', journal.journalId)).code).toBe(0);
    expect(receivedOf()).toEqual([8]);
  });

  it('names what is wrong with the file and its call', async () => {
    await receive(3);
    expect(await hand(['seq,hash\n'])).toEqual(refusal(1, 'does not begin'));
    expect(await hand([''])).toEqual(refusal(1, 'does not begin'));
    expect(await hand(exported(), '--journal', 'x')).toEqual(refusal(2, 'no journal'));
    const missing = ['journal', 'import', desk.file('none.jsonl'), '--appliance', 'box-1', '--note', 'x'];
    expect(await desk.run(...missing)).toEqual(refusal(2, 'none.jsonl cannot be read'));
    expect(await desk.run('journal', 'import', 'f', '--appliance', 'box-1')).toEqual(refusal(2, '--note'));
  });
});

describe('journal doubts', () => {
  async function salvage(): Promise<void> {
    await receive(3);
    const next = createTestJournal('box-1', privateKey);
    const said = { fromJournalId: journal.journalId, lastSeq: 8, lost: [{ firstSeq: 5, lastSeq: 6 }] };
    next.append(bytesOf(salvageEntry(said)));
    await receive(1, next);
  }

  it('says that nothing is in doubt', async () => {
    await receive(1);
    expect((await desk.run('journal', 'doubts')).stdout).toBe('no seq is in doubt\n');
    expect(await desk.json('journal', 'doubts')).toEqual({ items: [], nextCursor: null });
  });

  it('lists what is in doubt, takes a person’s word on it once, and shows the box under its condition until then', async () => {
    await salvage();
    expect((await desk.run('journal', 'doubts')).stdout).toMatch(
      /^1 {2}box-1 {2}journal [0-9a-f-]{36}: 5 to 6 lost {2}open since \d{4}-\S+\n$/,
    );
    expect((await desk.run('appliance', 'list')).stdout).toContain('journal_salvaged');
    expect((await desk.run('appliance', 'show', 'box-1')).stdout).toContain('2 seqs are in doubt');
    const settle = (...args: string[]) => desk.run('journal', 'settle', ...args);
    expect(await settle('1')).toEqual(refusal(2, '--reason'));
    expect(await settle('9', '--reason', 'x')).toEqual(refusal(1, 'doubt_unknown'));
    expect((await settle('1', '--reason', 'no slip went out', '--evidence', 'ticket 7')).stdout).toContain(
      'no slip went out (ticket 7)',
    );
    expect(await settle('1', '--reason', 'x')).toEqual(refusal(1, 'doubt_ended'));
    expect((await desk.run('journal', 'doubts')).stdout).toBe('no seq is in doubt\n');
    expect((await desk.run('journal', 'doubts', '--state', 'all')).stdout).toContain('settled');
    expect((await desk.run('appliance', 'list')).stdout).not.toContain('journal_salvaged');
  });

  it('finds what a file brings of it', async () => {
    await salvage();
    expect((await hand(exported())).code).toBe(0);
    expect((await desk.json('journal', 'doubts', '--state', 'found')).items).toMatchObject([
      { firstSeq: 5, lastSeq: 6, endedBy: { kind: 'command' }, reason: null },
    ]);
  });
});
