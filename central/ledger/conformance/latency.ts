// How long things took: from what each entry says, when its frame came, and since when its appliance had been connected.
import { expect, it } from 'vitest';
import type { EntryTime } from '../../../contract/entry.ts';
import { bytesOf, checkoutEntry, syntheticEntry, voidEntry } from '../../fixtures/entries.ts';
import { latencyView } from '../../latency/view.ts';
import { byCommand } from '../../people/actor.ts';
import { nowMs, type OnTrial } from './trial.ts';

const day = Math.floor(nowMs / 86_400_000);

export function describeLatency(on: OnTrial): void {
  const { hello, receive, bookAll } = on;
  const at = (ms: number): EntryTime => ({
    ...{ wallMs: 7, monotonicMs: 7, bootId: '00000000-0000-4000-8000-000000000001' },
    central: { ms, uncertaintyMs: 5 },
  });
  const of = (change: object = {}) => ({ applianceId: null, site: null, fromDay: day, ...change });

  it('is told of a document and counted by hop, appliance and site; synthetic ones are not counted', async () => {
    await on.port.registerAppliance({ id: 'box-1', site: 'Leeds' }, byCommand());
    const waited = checkoutEntry({ at: at(nowMs - 60_000), traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    const quick = voidEntry(waited.id, { at: at(nowMs - 40) });
    on.journal.append(bytesOf(waited), bytesOf(quick), bytesOf(syntheticEntry({ at: at(nowMs - 40) })));
    await hello({ nowMs: nowMs - 500 });
    await receive(1, 3);
    await bookAll();

    const [story] = await on.port.document(waited.id);
    expect(story).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      hops: { waitingOfflineMs: 59_500, sendingMs: 500, bookingMs: 0, madeBy: 'central' },
    });
    const [undone] = await on.port.document(quick.id);
    expect(undone).toMatchObject({
      traceId: quick.id.replaceAll('-', ''),
      hops: { waitingOfflineMs: 0, sendingMs: 40 },
    });

    const view = latencyView(await on.port.latency(of({ applianceId: 'box-1' })), day);
    expect(view.hops).toMatchObject([
      { hop: 'waiting_offline', documents: 1, p50Ms: 70_000 },
      { hop: 'sending', documents: 2, p50Ms: 50, p99Ms: 500 },
      { hop: 'booking', documents: 2 },
    ]);
    expect(await on.port.latency(of({ site: 'Leeds' }))).toEqual(await on.port.latency(of()));
    for (const nobody of [{ site: 'York' }, { applianceId: 'box-2' }, { fromDay: day + 1 }]) {
      const counts = await on.port.latency(of(nobody));
      expect(counts.map(({ documents }) => documents)).toEqual([0, 0, 0]);
    }
  });

  it('is forgotten after 35 days', async () => {
    on.journal.append(bytesOf(checkoutEntry()), bytesOf(checkoutEntry()));
    await hello();
    await receive(1, 1);
    await bookAll();
    await receive(2, 2);
    const later = nowMs + 36 * 86_400_000;
    while ((await on.port.bookPiece(9, later)).more);
    const [, , booking] = await on.port.latency(of({ fromDay: 0 }));
    expect(booking).toMatchObject({ hop: 'booking', documents: 1 });
  });
}
