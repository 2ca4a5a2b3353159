import { expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { silentLog } from './log.ts';

const settled = () => new Promise(setImmediate);

function begin(watchdogMs: number | null, look: () => Promise<string>, heard = true) {
  const clock = manualClock();
  const said: string[][] = [];
  const notify = { heard, watchdogMs, say: async (...states: string[]) => void said.push(states) };
  const heartbeat: Heartbeat = startHeartbeat({ notify, clock, log: silentLog, look });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { heartbeat, said, pass };
}

it('gives a sign of life three times within the patience of the manager', async () => {
  const { said, pass } = begin(60_000, async () => 'selling');
  for (let i = 0; i < 3; i++) await pass(20_000);
  expect(said).toEqual(Array(3).fill(['WATCHDOG=1', 'STATUS=selling']));
});

it('gives none while the look fails, says why, and begins again by itself', async () => {
  let well = false;
  const { said, pass } = begin(60_000, async () => {
    if (!well) throw new Error('the store is gone');
    return 'selling';
  });
  await pass(20_000);
  well = true;
  await pass(20_000);
  expect(said).toEqual([['STATUS=not well: the store is gone'], ['WATCHDOG=1', 'STATUS=selling']]);
});

it('gives none when the look does not come back, however late its answer', async () => {
  let answer: (line: string) => void = () => {};
  const { said, pass } = begin(
    60_000,
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  await pass(20_000);
  await pass(20_000);
  answer('selling');
  await settled();
  expect(said).toEqual([['STATUS=not well: no answer within 20000 ms']]);
});

it('tells how it is where nobody waits for signs of life, and nothing once it was stopped', async () => {
  const { heartbeat, said, pass } = begin(null, async () => 'selling');
  await heartbeat.beat();
  await pass(30_000);
  heartbeat.stop();
  await pass(90_000);
  expect(said).toEqual([['STATUS=selling'], ['STATUS=selling']]);
});

it('does not even look where nobody listens', async () => {
  let looks = 0;
  const { pass } = begin(
    null,
    async () => {
      looks++;
      return 'selling';
    },
    false,
  );
  await pass(90_000);
  expect(looks).toBe(0);
});
