// `review` as an operator runs it, before anything opens one: what it says of nothing, and how it is called.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { openReviewStore } from '../fixtures/review-store.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
  const at = openReviewStore(desk.file('central.db'));
  at.store.transaction(() => {
    const by = { actor: { kind: 'command', user: 'ann', from: 'here' } as const, nowMs: Date.now() };
    at.store.registerAppliance({ id: 'leeds-1', site: 'Leeds' }, by);
    const about = {
      applianceRef: 1,
      documentId: 'd1',
      attemptRef: null,
      currency: 'GBP',
      amountMinor: 120_000,
    };
    at.reviews.open({ kind: 'in_review', ...about, reason: 'amount_large', nowMs: Date.now() });
  });
  at.close();
});
afterEach(() => desk.remove());

describe('review', () => {
  it('lists what waits, and shows one with what was said about it', async () => {
    expect((await desk.run('review', 'list')).stdout).toMatch(
      /^1 {2}in_review {2}leeds-1 d1 {2}1200\.00 GBP {2}amount_large {2}open {2}due \d{4}-/,
    );
    expect((await desk.run('review', 'list', '--state', 'decided')).stdout).toBe(
      'nothing waits for a person\n',
    );
    const asked = await desk.run('review', 'decide', '1', 'ask', '--note', 'who was it?');
    expect(asked.stdout).toContain('asked: who was it?');
    await desk.json('review', 'decide', '1', 'answer', '--note', 'a regular');
    const { review, documents } = await desk.json('review', 'show', '1');
    expect(review.events.map(({ kind }: { kind: string }) => kind)).toEqual(['opened', 'asked', 'answered']);
    expect(documents).toEqual([]);
  });

  it('above the limit takes a proposal, and no second word of the same person', async () => {
    desk.file(
      'central.toml',
      'dataFolder = "."\nidentityFolder = "none"\n[reviews]\nsecondPersonAboveMinor = { GBP = 100000 }\n',
    );
    const decide = () => desk.run('review', 'decide', '1', 'approve', '--note', 'known');
    expect((await decide()).stdout).toContain('proposed: approve');
    expect(await decide()).toEqual(refusal(1, 'second_person_needed'));
  });

  it('names what is wrong', async () => {
    expect(await desk.run('review', 'show', '9')).toEqual(refusal(1, 'review_unknown'));
    expect(await desk.run('review', 'show', 'x')).toEqual(refusal(2, '<number>'));
    expect(await desk.run('review', 'decide', '1', 'maybe', '--note', 'x')).toEqual(refusal(2, 'approve'));
    expect(await desk.run('review', 'decide', '1', 'approve')).toEqual(refusal(2, '--note'));
    desk.file(
      'central.toml',
      'dataFolder = "."\nidentityFolder = "none"\n[reviews.held_money]\nonDue = "decline"\n',
    );
    expect(await desk.run('review', 'list')).toEqual(refusal(2, 'reviews.held_money.onDue'));
  });
});
