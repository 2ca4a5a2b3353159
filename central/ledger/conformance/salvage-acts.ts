// What is done with journals that go on from others, and what is seen of it afterwards: for salvaging.ts.
import { expect } from 'vitest';
import type { Entry, SalvageEntry } from '../../../contract/entry.ts';
import type { ImportedRun } from '../../doubts/port.ts';
import { byTester } from '../../fixtures/by.ts';
import { bytesOf, salvageEntry } from '../../fixtures/entries.ts';
import { createTestJournal, type TestJournal } from '../../fixtures/journal.ts';
import { nowMs, type OnTrial, privateKey } from './trial.ts';

const by = byTester(nowMs);

export function salvageActs(on: OnTrial) {
  /** Has all of a journal received and booked, from where central has it. */
  async function bring(journal: TestJournal, lastSeq = journal.lastSeq()): Promise<void> {
    const { journalId } = journal;
    const said = { journalId, lastSeq, lastHash: journal.hashAt(lastSeq) };
    const welcome = await on.hello(said);
    if (welcome.kind !== 'welcome') throw new Error(welcome.kind);
    const { receivedThrough } = welcome.position;
    if (receivedThrough < lastSeq)
      await on.receivePayload(await journal.payload(receivedThrough + 1, lastSeq));
    await on.bookAll();
  }

  /** A journal that goes on from the one on trial: its first entry, and what it carries of it. */
  function goOn(
    change: Partial<SalvageEntry>,
    carried: readonly number[],
    from: TestJournal = on.journal,
  ): TestJournal {
    const next = createTestJournal('box-1', privateKey);
    const lastSeq = from.lastSeq();
    const entry = salvageEntry({
      fromJournalId: from.journalId,
      lastSeq,
      carried: carried.length,
      ...change,
    });
    next.append(
      bytesOf(entry),
      ...carried.map((seq) => from.bodies[seq - 1] ?? expect.fail(`no entry ${seq}`)),
    );
    return next;
  }

  const statesOf = async ({ journalId }: TestJournal) => {
    const items = await on.port.entries({ journalId, applianceId: null, after: 0, limit: 1000 });
    return Array.isArray(items) ? items.map(({ state, reason }) => reason ?? state) : items;
  };
  const doubts = async () =>
    (await on.port.doubts({ state: null, applianceId: null, cursor: null, limit: 100 })).items.map(
      ({ kind, firstSeq, lastSeq, state }) => `${kind} ${firstSeq}-${lastSeq} ${state}`,
    );
  /** Entries of the journal on trial, from a file. */
  async function handOver(firstSeq: number, lastSeq: number, change: Partial<ImportedRun> = {}) {
    const { journalId, hashAt, bodies } = on.journal;
    const hash = (seq: number) => Buffer.from(hashAt(seq), 'hex');
    const run = { applianceId: 'box-1', journalId, firstSeq, bodies: bodies.slice(firstSeq - 1, lastSeq) };
    return on.port.importRun(
      { ...run, previousHash: hash(firstSeq - 1), lastHash: hash(lastSeq), ...change },
      by,
    );
  }
  const append = (...entries: Entry[]) => on.journal.append(...entries.map(bytesOf));
  const balances = async () => (await on.port.accounts()).map(({ balanceMinor }) => balanceMinor);
  const told = async () => (await on.feedOf('box-1')).map(({ id, outcome }) => `${outcome} ${id}`);

  return { append, balances, bring, doubts, goOn, handOver, statesOf, told };
}
