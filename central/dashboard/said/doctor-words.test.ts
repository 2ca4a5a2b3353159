import { expect, it } from 'vitest';
import { doctorSample } from '../../doctor/answers.ts';
import { doctorStanding, summaryWords, worstChecks } from './doctor-words.ts';

const { asked, found } = doctorSample;
const untilMs = asked?.untilMs ?? 0;
const before = untilMs - 1;
const other = found && { ...found, id: '0199f3c8-6c1a-7d32-8f0e-5a4b3c2d1e99' };

it.each([
  ['never asked', { asked: null, found: null }, 'selling_online', before, 'never', null],
  ['answered', { asked, found }, 'selling_online', before, 'answered', null],
  ['answered, however long ago', { asked, found }, 'silent', untilMs * 2, 'answered', null],
  [
    'asked of a box that speaks',
    { asked, found: null },
    'selling_online',
    before,
    'awaited',
    /not answered yet/,
  ],
  ['asked anew', { asked, found: other }, 'degraded', before, 'awaited', /not answered yet/],
  ['asked of a silent box', { asked, found: null }, 'silent', before, 'awaited', /is silent/],
  [
    'asked of a box that is shut out',
    { asked, found: null },
    'retired',
    before,
    'awaited',
    /nothing will come/,
  ],
  ['not answered in time', { asked, found: other }, 'selling_online', untilMs, 'unanswered', /nothing came/],
] as const)('%s', (_, doctor, state, nowMs, kind, words) => {
  const standing = doctorStanding(doctor, state, nowMs);
  expect(standing.kind).toBe(kind);
  if (words) expect('words' in standing && standing.words).toMatch(words);
});

it('puts first what somebody must act on, and says how much that is', () => {
  const check = (code: string, state: 'ok' | 'warning' | 'error' | 'unknown') => ({
    code,
    state,
    words: 'x',
  });
  const checks = [check('a', 'ok'), check('b', 'warning'), check('c', 'error'), check('d', 'warning')];
  expect(worstChecks(checks).map(({ code }) => code)).toEqual(['c', 'b', 'd', 'a']);
  const said = { ...doctorSample.found, id: '', atMs: 0, heardMs: 0, failure: null, checks, leftOut: 2 };
  expect(summaryWords(said)).toBe('1 error, 2 warnings, 3 well.');
  expect(summaryWords({ ...said, checks: [check('a', 'ok')] })).toBe('All is well: 3 checks.');
  expect(summaryWords({ ...said, failure: 'It was ended.' })).toBe('It was ended.');
});
