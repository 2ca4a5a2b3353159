import { expect, it } from 'vitest';
import { manualClock } from '../kit/clock.ts';
import { createAgenda } from './agenda.ts';

it('runs each task at its own moment, those of one moment in the order of adding', () => {
  const clock = manualClock(1000);
  const agenda = createAgenda(clock);
  const ran: [string, number][] = [];
  const add = (name: string, whenMs: number) => agenda.at(whenMs, () => ran.push([name, clock.wallMs()]));
  add('c', 1300);
  add('a', 1100);
  add('b', 1200);
  add('b2', 1200);
  agenda.at(1150, () => add('between', 1250));
  clock.advance(199);
  expect(ran).toEqual([['a', 1100]]);
  clock.advance(100);
  expect(ran.slice(1)).toEqual([
    ['b', 1200],
    ['b2', 1200],
    ['between', 1250],
  ]);
  agenda.clear();
  clock.advance(10_000);
  expect(ran).toHaveLength(4);
});

it('waits for what is further away than any timer may be', () => {
  const clock = manualClock(0);
  const agenda = createAgenda(clock);
  let ranMs = 0;
  const farMs = 90 * 86_400_000;
  agenda.at(farMs, () => {
    ranMs = clock.wallMs();
  });
  clock.advance(farMs - 1);
  expect(ranMs).toBe(0);
  clock.advance(1);
  expect(ranMs).toBe(farMs);
});
