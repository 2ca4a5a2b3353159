// The golden samples of the contract, taken by central as they stand: the same bytes the appliance's tests read.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compress } from '../../kit/zstd.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { signedFrame, testKeys } from '../fixtures/journal.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../contract/samples', `${name}.json`), 'utf8'));

describe('the golden samples', () => {
  it('are received with the hash they state, and settled', async () => {
    const folder = temporaryFolder();
    const store = openStoreAt(join(folder.path, 'central.db'));
    const { privateKey, publicKeyDer } = testKeys();
    const header = read('entries-header');
    const bodies: Buffer[] = read('chain').entries.map(({ body }: { body: string }) => Buffer.from(body));
    const {
      certificate: _,
      versions: __,
      bootId: ___,
      helloId: ____,
      wallMs: nowMs,
      ...hello
    } = read('hello');
    const payload = await compress(signedFrame('entries', 'box-1', privateKey, header, bodies));
    const result = store.transaction(() => {
      store.hello({ ...hello, applianceId: 'box-1', publicKey: publicKeyDer, nowMs });
      return store.receive({ applianceId: 'box-1', payload, nowMs });
    });
    expect(result).toMatchObject({
      kind: 'received',
      position: { receivedThrough: header.count, hash: header.lastHash },
    });
    store.transaction(() => store.bookPiece(100, nowMs));
    const entries = store.entries({
      journalId: header.journalId,
      applianceId: null,
      after: 0,
      limit: 1000,
    });
    const states = Array.isArray(entries)
      ? entries.map(({ kind, state, reason }) => [kind, reason ?? state])
      : [];
    store.close();
    folder.remove();
    expect(states).toEqual([
      ['checkout', 'booked'],
      ['checkout', 'recorded'],
      ['refund', 'booked'],
      // The appliance refused to void what had been refunded.
      ['void', 'recorded'],
      ['refund', 'booked'],
      // The last sample shows that any bytes are chained and kept; they mean nothing.
      [null, 'entry_unreadable'],
    ]);
  });
});
