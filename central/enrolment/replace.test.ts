// A new box in the place of an old one: what must be there first, who must sign, and what becomes of the old identity.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookEntries } from '../fixtures/book-entries.ts';
import { bytesOf, checkoutEntry, salvageEntry } from '../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, type TestJournal, testKeys } from '../fixtures/journal.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import type { Actor } from '../people/actor.ts';
import type { ReplacementAsked } from './standing-port.ts';

const nowMs = 1_795_000_000_000;
const ann: Actor = { kind: 'command', user: 'ann', from: 'ops' };
const bob: Actor = { kind: 'key', name: 'bob-laptop', role: 'admin', from: '10.0.0.1', owner: 'bob' };
const by = (actor: Actor) => ({ actor, nowMs });
const { privateKey, publicKeyDer } = testKeys();

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let journal: TestJournal;
beforeEach(() => {
  journal = createTestJournal('box-1', privateKey);
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  const facts = { applianceId: 'box-1', publicKey: publicKeyDer, journalId: journal.journalId };
  const position = { lastSeq: 12, lastHash: '0'.repeat(64), feedId: null, appliedThrough: 0, release: '1' };
  store.transaction(() => {
    store.createSite({ name: 'Leeds' }, by(ann));
    store.registerAppliance({ id: 'box-1', site: 'Leeds' }, by(ann));
    store.hello({ ...facts, ...position, nowMs });
    const bootId = '00000000-0000-4000-8000-000000000001';
    store.noteHello({
      applianceId: 'box-1',
      serial: 'aa',
      bootId,
      journalId: journal.journalId,
      lastSeq: 12,
      nowMs,
    });
  });
});
afterEach(() => {
  store.close();
  folder.remove();
});

const asked: ReplacementAsked = {
  oldId: 'box-1',
  newId: null,
  journal: 'declared',
  lastSeq: 15,
  worth: { currency: 'GBP', amountMinor: 12_000 },
  note: 'burnt',
  secondPersonAboveMinor: {},
  codeHash: new Uint8Array(32),
  expiresMs: nowMs + 1000,
};
const replace = (change: Partial<ReplacementAsked> = {}, actor: Actor = ann) =>
  store.transaction(() => store.replaceAppliance({ ...asked, ...change }, by(actor)));
const limited = { secondPersonAboveMinor: { GBP: 10_000 } };

describe('appliance replace', () => {
  it('refuses a hand-over while the old box holds what nobody received, and says what', () => {
    expect(replace({ journal: 'handed_over' })).toMatchObject({
      kind: 'not_received',
      missing: [{ journalId: journal.journalId, fromSeq: 1, atLeast: 12, atMost: null }],
    });
    expect(store.identity('box-1')?.denial).toBeNull();
    const retired = store.transaction(() =>
      store.denyAppliance({ applianceId: 'box-1', kind: 'retired', reason: 'old' }, by(ann)),
    );
    expect(retired.kind).toBe('not_received');
  });

  it('ends the old identity and makes a code for the new box, with what is missing signed for', () => {
    expect(replace()).toMatchObject({
      kind: 'replaced',
      replacement: { state: 'done', newId: 'leeds-1', missing: [{ fromSeq: 1, atLeast: 15, atMost: 15 }] },
      enrolment: { applianceId: 'leeds-1', site: 'Leeds', state: 'created' },
    });
    expect(store.identity('box-1')?.denial?.kind).toBe('replaced');
    expect(store.denyEntries(nowMs).appliances).toEqual([
      { applianceId: 'box-1', kind: 'replaced', onlySerials: null },
    ]);
    const [signed] = store.auditRecords({
      action: 'appliance.sign_off',
      about: null,
      cursor: null,
      limit: 9,
    }).items;
    expect(signed).toMatchObject({
      about: 'appliance box-1',
      detail: { amountMinor: 12_000, note: 'burnt' },
    });
    expect(replace()).toMatchObject({ kind: 'denied_already', denial: 'replaced' });
  });

  it('waits above the limit for a second person, who is not the first one with another key', () => {
    expect(replace(limited)).toMatchObject({ kind: 'proposed' });
    expect(store.identity('box-1')).toMatchObject({ denial: null, replacement: { state: 'proposed' } });
    expect(replace(limited)).toMatchObject({ kind: 'second_person_needed' });
    const annsKey: Actor = { kind: 'key', name: 'ann-laptop', role: 'admin', from: '10.0.0.2', owner: 'ann' };
    expect(replace(limited, annsKey)).toMatchObject({ kind: 'second_person_needed' });
    const other = { ...limited, worth: { currency: 'GBP', amountMinor: 1 } };
    expect(replace(other, bob)).toMatchObject({ kind: 'proposal_differs' });
    expect(replace(limited, bob)).toMatchObject({
      kind: 'replaced',
      replacement: { proposedBy: 'person ann' },
    });
  });

  it.each([
    ['no amount at all', { worth: null }, 'proposed'],
    ['a currency without a limit', { worth: { currency: 'EUR', amountMinor: 1 } }, 'proposed'],
    ['an amount at the limit', { worth: { currency: 'GBP', amountMinor: 10_000 } }, 'replaced'],
  ])('with limits and %s: %s', (_, change, kind) => {
    expect(replace({ ...limited, ...change }).kind).toBe(kind);
  });

  it.each([
    ['an appliance that nobody knows', { oldId: 'box-9' }, 'appliance_unknown'],
    ['a new id that is taken', { newId: 'box-1' }, 'new_appliance_known'],
  ])('refuses %s', (_, change, kind) => {
    expect(replace(change).kind).toBe(kind);
  });

  it('knows what was found since of what was signed for, and refuses no hand-over of it any more', () => {
    replace();
    const bodies = Array.from({ length: 13 }, () => bytesOf(checkoutEntry()));
    journal.append(...bodies);
    const hash = (seq: number) => Buffer.from(journal.hashAt(seq), 'hex');
    const run = { applianceId: 'box-1', journalId: journal.journalId, firstSeq: 1, bodies };
    const handed = { ...run, previousHash: hash(0), lastHash: hash(13) };
    expect(store.transaction(() => store.importRun(handed, by(ann))).kind).toBe('stored');
    expect(store.identity('box-1')).toMatchObject({
      missing: [],
      replacement: { missing: [{ fromSeq: 1, atMost: 15, found: 13 }] },
    });
  });

  it('signs for what is in doubt of the old box together with what is missing', async () => {
    const next = createTestJournal('box-1', privateKey);
    const said = { fromJournalId: journal.journalId, lastSeq: 12, lost: [{ firstSeq: 3, lastSeq: 4 }] };
    await bookEntries(store, next, publicKeyDer, [salvageEntry(said)], nowMs);
    const doubted = { journalId: journal.journalId, fromSeq: 3, atLeast: 2, atMost: 2 };
    expect(replace({ journal: 'handed_over' })).toEqual({ kind: 'not_received', missing: [doubted] });
    expect(replace({ lastSeq: 1 })).toMatchObject({ replacement: { missing: [{ ...doubted, found: 0 }] } });
    expect(store.doubts({ state: 'open', applianceId: 'box-1', cursor: null, limit: 9 }).items).toEqual([]);
    expect(store.doubt(1)).toMatchObject({ state: 'settled', reason: 'burnt', endedBy: ann });
  });

  it('replaces what was stolen and shut out before', () => {
    store.transaction(() =>
      store.denyAppliance({ applianceId: 'box-1', kind: 'revoked', reason: 'stolen' }, by(ann)),
    );
    expect(replace({ lastSeq: null })).toMatchObject({
      kind: 'replaced',
      replacement: { missing: [{ atLeast: 12, atMost: null }] },
    });
  });
});
