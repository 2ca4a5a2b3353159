// Which identity the link goes by after a renewal, as sequences of what the broker's door does.
import { expect, it } from 'vitest';
import { judgeTrial, type Trial, type TrialEvent } from './trial.ts';

function play(events: TrialEvent[], from: Trial = { kind: 'newer', refusals: 0 }) {
  let trial = from;
  const changes: string[] = [];
  for (const event of events) {
    const judged = judgeTrial(trial, event);
    trial = judged.trial;
    if (judged.use) changes.push(judged.use);
  }
  return { kind: trial.kind, changes };
}

const refused = (times: number): TrialEvent[] => Array.from({ length: times }, () => 'refused');

it.each<[string, TrialEvent[], ReturnType<typeof play>]>([
  ['a new identity that is taken stays', ['up'], { kind: 'settled', changes: [] }],
  ['two refusals prove nothing', [...refused(2), 'up'], { kind: 'settled', changes: [] }],
  ['three bring the one before back', refused(3), { kind: 'older', changes: ['older'] }],
  [
    'which stays when it is taken',
    [...refused(3), 'up', ...refused(9)],
    { kind: 'fell_back', changes: ['older'] },
  ],
  ['and goes again when it is refused as well', refused(6), { kind: 'settled', changes: ['older', 'newer'] }],
  ['for good: there is one round', refused(60), { kind: 'settled', changes: ['older', 'newer'] }],
  ['what held once is not doubted later', ['up', ...refused(9)], { kind: 'settled', changes: [] }],
])('%s', (_, events, expected) => {
  expect(play(events)).toEqual(expected);
});
