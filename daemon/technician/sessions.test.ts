import { expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { createSessions, sessionLimits } from './sessions.ts';

const { idleMsMax, ageMsMax, countMax } = sessionLimits;

it('ends after a quarter of an hour in which nobody did anything, though the page went on asking', () => {
  const clock = manualClock();
  const sessions = createSessions(clock);
  const token = sessions.begin('salt');
  for (let ms = 0; ms < idleMsMax - 5000; ms += 5000) {
    clock.advance(5000);
    expect(sessions.has(token, 'salt', false)).toBe(true);
  }
  clock.advance(5000);
  expect(sessions.has(token, 'salt', true)).toBe(false);
});

it('lives on by what a person does, for eight hours and no longer', () => {
  const clock = manualClock();
  const sessions = createSessions(clock);
  const token = sessions.begin('salt');
  const stepMs = idleMsMax / 2;
  for (let ms = stepMs; ms < ageMsMax; ms += stepMs) {
    clock.advance(stepMs);
    expect(sessions.has(token, 'salt', true)).toBe(true);
  }
  clock.advance(stepMs);
  expect(sessions.has(token, 'salt', true)).toBe(false);
});

it('is over with another PIN, and stays over when the one before is set again', () => {
  const sessions = createSessions(manualClock());
  const token = sessions.begin('salt');
  expect(sessions.has(token, 'another', true)).toBe(false);
  expect(sessions.has(token, 'salt', true)).toBe(false);
});

it('are few: one more ends the one that did nothing for longest', () => {
  const clock = manualClock();
  const sessions = createSessions(clock);
  const tokens = Array.from({ length: countMax }, () => sessions.begin('salt'));
  sessions.has(tokens[0] ?? '', 'salt', true);
  const newest = sessions.begin('salt');
  expect(new Set([...tokens, newest]).size).toBe(countMax + 1);
  const alive = [...tokens, newest].map((token) => sessions.has(token, 'salt', false));
  expect(alive).toEqual([true, false, ...Array(countMax - 1).fill(true)]);
});

it('is nobody’s by a token that was never given, or was given back', () => {
  const sessions = createSessions(manualClock());
  const token = sessions.begin('salt');
  expect(sessions.has('', 'salt', false)).toBe(false);
  expect(sessions.has(`${token}x`, 'salt', false)).toBe(false);
  sessions.end(token);
  expect(sessions.has(token, 'salt', false)).toBe(false);
});
