import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { byTester } from '../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import type { Answers } from '../intake/answers.ts';
import type { FeedPage } from '../ledger/port.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import type { FeedPosition } from '../ledger/views.ts';
import { defaultPolicy } from './default-policy.ts';
import { createFeedSender, type FeedSender, resendMs, resendsMax } from './sender.ts';

const nowMs = 1_795_000_000_000;

describe('the feed sender', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: SqliteStore;
  let sender: FeedSender;
  let clock: ReturnType<typeof manualClock>;
  let sent: [first: number, last: number][];
  let linked: boolean;

  beforeEach(() => {
    folder = temporaryFolder();
    store = openStoreAt(join(folder.path, 'central.db'));
    store.transaction(() => store.registerAppliance({ id: 'box-1', site: null }, byTester(nowMs)));
    clock = manualClock();
    sent = [];
    linked = true;
    const answers: Answers = {
      welcome: () => true,
      receipt: () => true,
      async feed(_, { firstPosition, items }: FeedPage) {
        if (linked) sent.push([firstPosition, firstPosition + items.length - 1]);
        return linked;
      },
    };
    sender = createFeedSender({ store: portOver(store), answers, clock, log: silentLog });
  });
  afterEach(() => {
    sender.stop();
    store.close();
    folder.remove();
  });

  const publish = (count = 1) => {
    for (let i = 0; i < count; i++)
      store.transaction(() => store.publishPolicy(defaultPolicy, byTester(nowMs)));
  };
  const position = () => store.feedPositionOf('box-1') as FeedPosition;
  const applied = (appliedThrough: number): FeedPosition => {
    const report = { applianceId: 'box-1', feedId: position().feedId, appliedThrough, nowMs };
    return store.transaction(() => store.applied(report)) as FeedPosition;
  };
  /** Everything that was set going has come to rest. */
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

  it('sends from the applied position to the head, and what is new as it comes', async () => {
    publish(5);
    sender.onHello('box-1', applied(2));
    await rest();
    expect(sent).toEqual([[3, 5]]);
    publish();
    sender.onGrown(['box-1']);
    await rest();
    expect(sent).toEqual([
      [3, 5],
      [6, 6],
    ]);
  });

  it('sends nothing to an appliance that has not been heard', async () => {
    publish(2);
    sender.onGrown();
    sender.onGrown(['box-1']);
    await rest();
    expect(sent).toEqual([]);
  });

  it('keeps to its window until something is confirmed', async () => {
    sender.onHello('box-1', position());
    for (let i = 0; i < 6; i++) {
      publish();
      sender.onGrown(['box-1']);
      await rest();
    }
    expect(sent.map(([first]) => first)).toEqual([1, 2, 3, 4]);
    sender.onApplied('box-1', applied(4));
    await rest();
    expect(sent.at(-1)).toEqual([5, 6]);
  });

  it('sends again from the applied position when nothing is confirmed for a while', async () => {
    publish(4);
    sender.onHello('box-1', position());
    await rest();
    sender.onApplied('box-1', applied(1));
    clock.advance(resendMs - 1);
    await rest();
    expect(sent).toEqual([[1, 4]]);
    clock.advance(1);
    await rest();
    expect(sent).toEqual([
      [1, 4],
      [2, 4],
    ]);
    sender.onApplied('box-1', applied(4));
    clock.advance(resendMs);
    await rest();
    expect(sent).toHaveLength(2);
  });

  it('loses nothing when the link was away', async () => {
    publish(3);
    linked = false;
    sender.onHello('box-1', position());
    await rest();
    linked = true;
    clock.advance(resendMs);
    await rest();
    expect(sent).toEqual([[1, 3]]);
  });

  it('gives up on an appliance that never confirms, until its next hello', async () => {
    publish();
    sender.onHello('box-1', position());
    for (let i = 0; i < resendsMax + 3; i++) {
      await rest();
      clock.advance(resendMs);
    }
    await rest();
    expect(sent).toHaveLength(resendsMax + 1);
    sender.onHello('box-1', position());
    await rest();
    expect(sent).toHaveLength(resendsMax + 2);
  });

  it('stops after a bye', async () => {
    sender.onHello('box-1', position());
    sender.onBye('box-1');
    publish();
    sender.onGrown();
    await rest();
    expect(sent).toEqual([]);
  });
});
