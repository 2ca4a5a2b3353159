// `exception accept | confirm | withdraw` as an operator runs them, where one person is not enough.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import type { By } from '../people/actor.ts';

const nowMs = 1_795_000_000_000;
const bob: By = { actor: { kind: 'key', name: 'laptop', role: 'finance', from: '::1', owner: 'bob' }, nowMs };
const note = ['--note', 'seen'];

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
  desk.file(
    'central.toml',
    'dataFolder = "."\nidentityFolder = "none"\n[reviews]\nsecondPersonAboveMinor = { GBP = 500 }\n',
  );
  desk.inStore((store) => {
    const begun = store.beginRun({ asOfMs: nowMs, by: 'test', nowMs });
    if (begun.kind !== 'begun') throw new Error(begun.kind);
    const named = {
      key: 'k',
      status: 'missing',
      processor: 'stripe',
      reference: 'r',
      currency: 'GBP',
    } as const;
    const difference = {
      ...{ amountMinor: 501n, differenceMinor: null, sinceMs: nowMs, rows: [], rowsCount: 0 },
      ...named,
    };
    store.takeDifferences(begun.run, [difference], nowMs);
    store.endRun(begun.run, [], nowMs);
  });
});
afterEach(() => desk.remove());

describe('exception', () => {
  it('above the limit is proposed, and not confirmed by the same person', async () => {
    expect((await desk.run('exception', 'accept', '1', ...note)).stdout).toContain('open, accept proposed');
    const { proposal } = await desk.json('exception', 'show', '1');
    expect((await desk.run('exception', 'show', '1')).stdout).toContain(
      `proposal ${proposal.number}: accept, by `,
    );
    const named = ['1', '--proposal', String(proposal.number), ...note];
    expect(await desk.run('exception', 'confirm', ...named)).toEqual(refusal(1, 'second_person_needed'));
    expect((await desk.json('exception', 'withdraw', ...named)).proposal).toBeNull();
    expect(await desk.run('exception', 'confirm', ...named)).toEqual(refusal(1, 'proposal_unknown'));
    expect(await desk.run('exception', 'confirm', '1', ...note)).toEqual(refusal(2, '--proposal'));
  });

  it('is settled as another person has proposed', async () => {
    desk.inStore((store) => {
      const action = { kind: 'accept', note: 'theirs' } as const;
      store.actOnException({ ref: 1, action, secondPersonAboveMinor: { GBP: 500 } }, bob);
    });
    const { proposal } = await desk.json('exception', 'show', '1');
    expect(proposal.who).toBe('key laptop (bob, finance)');
    const named = ['1', '--proposal', String(proposal.number), ...note];
    expect((await desk.json('exception', 'confirm', ...named)).settledAs).toBe('accepted');
  });
});
