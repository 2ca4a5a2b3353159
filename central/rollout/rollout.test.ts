// Rollouts over the real store: what stands in feeds, what counts as proof, and two people at once.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../feed/default-policy.ts';
import { bookEntries } from '../fixtures/book-entries.ts';
import { byTester } from '../fixtures/by.ts';
import { checkoutEntry } from '../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { Change, Plan } from './plan.ts';
import type { RolloutView, Said } from './port.ts';

const minuteMs = 60_000;
const ids = Array.from({ length: 10 }, (_, i) => `box-${i}`);
const stricter = { ...defaultPolicy, checkout: { totalMinorMax: 100 } };

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let nowMs = 1_795_000_000_000;

beforeEach(() => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  nowMs = 1_795_000_000_000;
  store.transaction(() => {
    store.ensurePolicy(defaultPolicy);
    for (const id of ids) {
      store.registerAppliance({ id, site: id < 'box-5' ? 'leeds' : 'york' }, byTester(nowMs));
      hello(id, '0.1.0');
    }
  });
});
afterEach(() => {
  store.close();
  folder.remove();
});

function hello(applianceId: string, release: string): void {
  const { publicKeyDer: publicKey } = testKeys();
  const journalId = `0199f3c8-1111-7c01-9d2e-0000000000${applianceId.slice(-1).padStart(2, '0')}`;
  const { feedId, appliedThrough } = store.feedPositionOf(applianceId) ?? { feedId: null, appliedThrough: 0 };
  const facts = { publicKey, journalId, lastSeq: 0, lastHash: '0'.repeat(64), feedId, appliedThrough, nowMs };
  store.hello({ ...facts, applianceId, release });
}

function create(change: object, plan: object = {}, target: object = {}): RolloutView {
  const made = store.transaction(() =>
    store.createRollout(
      {
        change: Change.parse(change),
        target,
        plan: Plan.parse({ soakMinutes: 0, declinesPointsMax: null, ...plan }),
      },
      byTester(nowMs),
    ),
  );
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.rollout;
}

/** What the newest policy in a box's feed is; the box applies all of it when it is told to. */
function feedOf(applianceId: string) {
  const page = store.feedPage({ applianceId, after: 0, itemsMax: 1000, bytesMax: 1e9 });
  const items = (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
  return { items, policy: items.filter(({ kind }) => kind === 'policy').at(-1) };
}

const saying = (policyVersion: number, more: Partial<Said> = {}): Said => ({
  ...{
    policyVersion,
    catalogue: { version: 0, incomplete: false },
    release: '0.1.0',
    slots: null,
    probe: null,
    answers: null,
  },
  ...more,
});

/** Boxes apply what stands in their feeds, and say so. */
function obey(applianceIds: readonly string[]): Map<string, Said> {
  return store.transaction(
    () =>
      new Map(
        applianceIds.map((applianceId) => {
          const head = store.feedPositionOf(applianceId);
          store.applied({ applianceId, feedId: head?.feedId ?? '', appliedThrough: head?.head ?? 0, nowMs });
          return [applianceId, saying(feedOf(applianceId).policy.version)];
        }),
      ),
  );
}

function turn(number: number, said: ReadonlyMap<string, Said> = new Map()): RolloutView {
  for (let i = 0; i < 100 && store.transaction(() => store.turnRollout({ number, said }, nowMs)).more; i++);
  const view = store.rollout(number);
  if (!view) throw new Error('gone');
  return view;
}

const having = (version: number) => ids.filter((id) => feedOf(id).policy.version === version);

describe('a rollout of a policy', () => {
  it('reaches the canary, then each share after the one before proved it, and is then in force for everybody', () => {
    const { number } = create({ kind: 'policy', policy: stricter }, { stagesPercent: [50, 100] });
    expect(having(2)).toEqual([]);
    expect(turn(number)).toMatchObject({ state: 'running', stage: 0, counts: { given: 1, waiting: 9 } });
    expect(having(2)).toHaveLength(1);
    expect(turn(number, obey(having(2)))).toMatchObject({ stage: 1, counts: { confirmed: 1, given: 4 } });
    expect(turn(number, obey(ids))).toMatchObject({ stage: 2, counts: { confirmed: 5, given: 5 } });
    expect(store.policy()?.version).toBe(1);
    expect(turn(number, obey(ids))).toMatchObject({ state: 'done', counts: { confirmed: 10 } });
    expect(store.policy()).toMatchObject({ version: 2, policy: { checkout: { totalMinorMax: 100 } } });
    store.registerAppliance({ id: 'newcomer', site: null }, byTester(nowMs));
    expect(feedOf('newcomer').policy.version).toBe(2);
  });

  it('takes no word for a proof that its box did not apply, nor an application whose version it does not run', () => {
    const { number } = create({ kind: 'policy', policy: stricter });
    turn(number);
    const [canary = ''] = having(2);
    expect(turn(number, new Map([[canary, saying(2)]])).counts.confirmed).toBe(0);
    obey([canary]);
    expect(turn(number, new Map([[canary, saying(1)]])).counts.confirmed).toBe(0);
    expect(turn(number, new Map([[canary, saying(2)]])).counts.confirmed).toBe(1);
  });

  it('leaves nobody on the way for ever: a silent canary times out, and the others never get it', () => {
    const { number } = create({ kind: 'policy', policy: stricter }, { silentMinutesMax: 10 });
    turn(number);
    nowMs += 10 * minuteMs;
    const back = turn(number);
    expect(back).toMatchObject({
      state: 'rolling_back',
      reason: { code: 'too_few_confirmed', confirmed: 0, of: 1 },
      counts: { returning: 1, spared: 9 },
    });
    const [canary = ''] = having(3);
    expect(feedOf(canary).policy.policy).toEqual(defaultPolicy);
    nowMs += 10 * minuteMs;
    expect(turn(number)).toMatchObject({ state: 'rolled_back', counts: { return_timed_out: 1, spared: 9 } });
    expect(store.policy()?.version).toBe(1);
  });

  it('is kept from newcomers while it is on its way, and the next version for everybody ends it', () => {
    const { number } = create({ kind: 'policy', policy: stricter });
    turn(number);
    store.registerAppliance({ id: 'newcomer', site: null }, byTester(nowMs));
    expect(feedOf('newcomer').policy.version).toBe(1);
    store.publishPolicy(defaultPolicy, byTester(nowMs));
    expect(turn(number)).toMatchObject({ state: 'superseded', reason: { version: 3 }, counts: { given: 0 } });
    expect(having(3)).toHaveLength(10);
  });

  it('goes back to what each box had, which an earlier rollout to some had made their own', () => {
    create({ kind: 'policy', policy: stricter }, {}, { appliances: ['box-1'] });
    turn(1);
    expect(turn(1, obey(['box-1'])).state).toBe('done');
    const flags = { 'new-slip': { shareBasisPoints: 10_000 } };
    const { number } = create(
      { kind: 'flags', flags },
      { canary: { appliances: ['box-1', 'box-2'] }, soakMinutes: 5 },
    );
    turn(number);
    expect(feedOf('box-1').policy.policy).toEqual({ ...stricter, flags });
    expect(feedOf('box-2').policy.policy).toEqual({ ...defaultPolicy, flags });
    const { version, counts } = turn(number, obey(ids));
    expect(counts.confirmed).toBe(2);
    const act = { kind: 'abort' as const, reason: 'no', boxes: 'return' as const };
    store.actOnRollout({ number, version, act }, byTester(nowMs));
    turn(number);
    expect(feedOf('box-1').policy.policy).toEqual(stricter);
    expect(feedOf('box-2').policy.policy).toEqual(defaultPolicy);
    expect(turn(number, obey(ids))).toMatchObject({ state: 'rolled_back', counts: { returned: 2 } });
  });

  it('goes to those alone whom site and label name, and stays theirs', () => {
    store.setLabels('box-1', { group: 'pilot' }, byTester(nowMs));
    store.setLabels('box-7', { group: 'pilot' }, byTester(nowMs));
    const target = { sites: ['leeds'], labels: { group: 'pilot' } };
    const { number } = create({ kind: 'policy', policy: stricter }, {}, target);
    turn(number);
    expect(turn(number, obey(['box-1']))).toMatchObject({ state: 'done', counts: { confirmed: 1 } });
    expect(having(2)).toEqual(['box-1']);
    expect(store.policy()?.version).toBe(1);
  });
});

describe('flags', () => {
  it('come with the policy in force, as it is', () => {
    create({ kind: 'flags', flags: { 'new-slip': { shareBasisPoints: 10_000 } } });
    turn(1);
    const [canary = ''] = having(2);
    expect(feedOf(canary).policy.policy).toEqual({
      ...defaultPolicy,
      flags: { 'new-slip': { shareBasisPoints: 10_000 } },
    });
  });
});

describe('a configuration', () => {
  const values = { 'log.level': 'debug' };
  const wordsIn = (id: string) => feedOf(id).items.filter(({ kind }) => kind === 'configuration');
  /** Boxes apply what stands in their feeds, and go by the newest configuration in them, or say what they do not take. */
  const goBy = (applianceIds: readonly string[], keeps: readonly string[] = []) => {
    const applied = obey(applianceIds);
    return new Map(
      [...applied].map(([id, said]) => {
        const version = wordsIn(id).at(-1)?.version ?? 0;
        const refused = keeps.includes(id)
          ? { version, key: 'log.level', reason: 'kept_by_the_box' as const }
          : null;
        return [id, { ...said, configuration: { version: refused ? 0 : version, refused } }];
      }),
    );
  };
  const given = () => ids.filter((id) => wordsIn(id).length > 0);

  it('goes from stage to stage as policies do, counts where it is gone by, and greets newcomers once it is done', () => {
    const { number } = create({ kind: 'configuration', values }, { stagesPercent: [100] });
    turn(number);
    expect(given()).toHaveLength(1);
    expect(wordsIn(given()[0] ?? '')).toEqual([{ kind: 'configuration', version: 1, values }]);
    // Applied alone is not gone by.
    expect(turn(number, obey(given()))).toMatchObject({ counts: { confirmed: 0 } });
    expect(turn(number, goBy(given()))).toMatchObject({ stage: 1, counts: { confirmed: 1, given: 9 } });
    store.registerAppliance({ id: 'early', site: null }, byTester(nowMs));
    expect(wordsIn('early')).toEqual([]);
    expect(turn(number, goBy(ids))).toMatchObject({ state: 'done' });
    store.registerAppliance({ id: 'late', site: null }, byTester(nowMs));
    expect([wordsIn('early'), wordsIn('late')]).toEqual([wordsIn('box-1'), wordsIn('box-1')]);
  });

  it('that a box does not take comes back, and the reason names the key', () => {
    const { number } = create({ kind: 'configuration', values }, { canary: { count: 2 } });
    turn(number);
    const [keeps = '', takes = ''] = given();
    expect(turn(number, goBy([keeps, takes], [keeps]))).toMatchObject({
      state: 'rolling_back',
      counts: { returning: 2, spared: 8 },
    });
    expect(store.rolloutBoxes({ number, state: null, after: -1, limit: 10 }).items).toContainEqual(
      expect.objectContaining({ applianceId: keeps, reason: 'log.level: kept_by_the_box' }),
    );
    expect(wordsIn(takes).at(-1)).toEqual({ kind: 'configuration', version: 2, values: {} });
    expect(turn(number, goBy([keeps, takes]))).toMatchObject({ state: 'rolled_back' });
  });

  it('is brought beside a policy, and not beside another configuration', () => {
    create({ kind: 'configuration', values });
    expect(create({ kind: 'policy', policy: stricter }).number).toBe(2);
    const change = Change.parse({ kind: 'configuration', values: {} });
    expect(store.createRollout({ change, target: {}, plan: Plan.parse({}) }, byTester(nowMs))).toEqual({
      kind: 'overlaps',
      rollout: 1,
    });
  });

  it('names the field that central itself would not take', () => {
    const wrong = { kind: 'configuration', values: { 'log.level': 'loud', 'http.port': 80 } };
    const issues = Change.safeParse(wrong).error?.issues ?? [];
    expect(JSON.stringify(issues)).toMatch(/log\.level.*http\.port/);
  });
});

describe('a turn', () => {
  it('tells and hears a bounded number of boxes, and reaches every one of many', () => {
    const many = Array.from({ length: 130 }, (_, i) => `many-${i}`);
    store.transaction(() => {
      for (const id of many) store.registerAppliance({ id, site: 'many' }, byTester(nowMs));
    });
    const { number } = create(
      { kind: 'policy', policy: stricter },
      { canary: { count: 1 }, stagesPercent: [100] },
      { sites: ['many'] },
    );
    const told: number[] = [];
    const heard = new Set<string>();
    for (let turns = 0; turns < 100 && store.rollout(number)?.endedMs === null; turns++) {
      const [open] = store.openRollouts();
      expect(open?.applianceIds.length).toBeLessThanOrEqual(100);
      for (const id of open?.applianceIds ?? []) heard.add(id);
      const said = obey(open?.applianceIds ?? []);
      const feedsBefore = having2(many).length;
      store.transaction(() => store.turnRollout({ number, said }, nowMs));
      told.push(having2(many).length - feedsBefore);
    }
    expect(store.rollout(number)).toMatchObject({ state: 'done', counts: { confirmed: 130 } });
    expect(Math.max(...told)).toBe(50);
    expect(heard.size).toBe(130);
  });
  const having2 = (of: readonly string[]) => of.filter((id) => feedOf(id).policy.version === 2);
});

describe('what newcomers get', () => {
  it('is what was for everybody, not what boxes with a policy of their own were brought beside it', () => {
    create({ kind: 'policy', policy: stricter }, {}, { appliances: ['box-1'] });
    turn(1);
    expect(turn(1, obey(['box-1'])).state).toBe('done');
    const flags = { 'new-slip': { shareBasisPoints: 10_000 } };
    const { number } = create({ kind: 'flags', flags }, { canary: { count: 10 } });
    turn(number);
    expect(turn(number, obey(ids)).state).toBe('done');
    expect(store.policy()?.policy).toEqual({ ...defaultPolicy, flags });
  });
});

describe('a bound that is passed', () => {
  const probed = { probe: 'required', stagesPercent: [100] };

  it('pauses where that was asked for, and going on pardons what was seen', () => {
    const { number } = create({ kind: 'policy', policy: stricter }, { ...probed, onFailure: 'pause' });
    turn(number);
    const [canary = ''] = having(2);
    obey([canary]);
    const failing = new Map([[canary, saying(2, { probe: { passed: false, atMs: nowMs } })]]);
    const paused = turn(number, failing);
    expect(paused).toMatchObject({ state: 'paused', reason: { code: 'boxes_failed', failed: 1, of: 1 } });
    expect(store.rolloutBoxes({ number, state: 'failed', after: -1, limit: 10 }).items).toMatchObject([
      { applianceId: canary, reason: 'probe_failed' },
    ]);
    const act = { kind: 'resume' as const, reason: 'the kiosk was unplugged' };
    store.actOnRollout({ number, version: paused.version, act }, byTester(nowMs));
    expect(turn(number, failing)).toMatchObject({ state: 'running', stage: 1, counts: { given: 9 } });
  });

  it('is that of declines, against the boxes that wait and since the box proved it', async () => {
    const { privateKey, publicKeyDer } = testKeys();
    const canary = { canary: { appliances: ['box-1'] }, stagesPercent: [100] };
    const plan = { ...canary, soakMinutes: 60, declinesPointsMax: 20, checkoutsMin: 4 };
    const sold = async (id: string, refused: number, of: number, passesMs = minuteMs) => {
      const journal = createTestJournal(id, privateKey);
      const entries = Array.from({ length: of }, (_, i) =>
        checkoutEntry(i < refused ? { verdict: 'refused', reasons: [] } : {}),
      );
      await bookEntries(store, journal, publicKeyDer, entries, nowMs, id);
      nowMs += passesMs;
    };
    const { number } = create({ kind: 'policy', policy: stricter }, plan);
    turn(number);
    // Of before it had it, and so young that they are looked at only after: they count for nobody.
    await sold('box-1', 8, 8, 10_000);
    turn(number, obey(['box-1']));
    await sold('box-2', 1, 4);
    await sold('box-1', 2, 5);
    expect(turn(number)).toMatchObject({
      state: 'running',
      sales: { with: { checkouts: 5, declined: 2 }, without: { checkouts: 4, declined: 1 } },
    });
    await sold('box-1', 3, 3);
    expect(turn(number)).toMatchObject({
      state: 'rolling_back',
      reason: { code: 'declines_above_control', percent: 62.5, controlPercent: 25 },
    });
  });

  it('asks for a synthetic checkout behind the change', () => {
    create({ kind: 'policy', policy: stricter }, probed);
    turn(1);
    expect(feedOf(having(2)[0] ?? '').items.slice(-2)).toMatchObject([
      { kind: 'policy', version: 2 },
      { kind: 'synthetic' },
    ]);
  });

  it('lets no box count whose last synthetic checkout is older than the change', () => {
    const { number } = create({ kind: 'policy', policy: stricter }, probed);
    turn(number);
    obey(having(2));
    const old = new Map(having(2).map((id) => [id, saying(2, { probe: { passed: true, atMs: nowMs - 1 } })]));
    expect(turn(number, old).counts.confirmed).toBe(0);
  });
});

describe('two people at once', () => {
  it('are told apart: the second looks again before it counts', () => {
    const { number, version } = create({ kind: 'policy', policy: stricter });
    const pause = { kind: 'pause' as const, reason: 'wait' };
    const abort = { kind: 'abort' as const, reason: 'no', boxes: 'keep' as const };
    expect(store.actOnRollout({ number, version, act: pause }, byTester(nowMs)).kind).toBe('acted');
    expect(store.actOnRollout({ number, version, act: abort }, byTester(nowMs))).toEqual({
      kind: 'changed',
      version: version + 1,
    });
    expect(store.actOnRollout({ number, version: version + 1, act: pause }, byTester(nowMs))).toEqual({
      kind: 'not_now',
      state: 'paused',
    });
  });

  it('do not bring the same boxes two things of a kind', () => {
    create({ kind: 'policy', policy: stricter }, {}, { sites: ['leeds'] });
    const plan = Plan.parse({});
    const asked = { change: Change.parse({ kind: 'flags', flags: {} }), plan };
    expect(store.createRollout({ ...asked, target: {} }, byTester(nowMs))).toEqual({
      kind: 'overlaps',
      rollout: 1,
    });
    expect(store.createRollout({ ...asked, target: { sites: ['york'] } }, byTester(nowMs)).kind).toBe(
      'created',
    );
  });
});

describe('a rollout aborted half-way', () => {
  const halfWay = () => {
    const { number } = create({ kind: 'policy', policy: stricter }, { stagesPercent: [50, 100] });
    turn(number);
    turn(number, obey(having(2)));
    const { version } = turn(number, obey(ids.filter((id) => having(2).includes(id)).slice(0, 3)));
    return { number, version };
  };

  it('leaves it with those that have it, where that is said, and waits for nobody', () => {
    const { number, version } = halfWay();
    const act = { kind: 'abort' as const, reason: 'enough', boxes: 'keep' as const };
    store.actOnRollout({ number, version, act }, byTester(nowMs));
    expect(turn(number)).toMatchObject({ state: 'aborted', counts: { given: 0, returning: 0, spared: 5 } });
    expect(having(2)).toHaveLength(5);
  });

  it('brings back what they had, where that is said, also to those that had proved nothing', () => {
    const { number, version } = halfWay();
    const act = { kind: 'abort' as const, reason: 'wrong limits', boxes: 'return' as const };
    store.actOnRollout({ number, version, act }, byTester(nowMs));
    expect(turn(number)).toMatchObject({ state: 'rolling_back', counts: { returning: 5, spared: 5 } });
    expect(having(3)).toHaveLength(5);
    expect(turn(number, obey(ids))).toMatchObject({
      state: 'rolled_back',
      reason: { code: 'by_hand', words: 'wrong limits' },
      counts: { returned: 5 },
    });
    const history = store.rolloutEvents({ number, after: 0, limit: 100 }).items;
    expect(history.map(({ what }) => what.kind)).toEqual(['create', 'stage', 'abort', 'end']);
  });
});

describe('a rollout of a release', () => {
  beforeEach(() => {
    const files = [{ architecture: 'x64' as const, sha256: 'a'.repeat(64), bytes: 1 }];
    store.addRelease({ name: '0.2.0', files, sums: 's', signature: 's' }, byTester(nowMs));
  });

  it('counts a box when hello and report name the release as booted, and no longer when it went back by itself', () => {
    const { number } = create({ kind: 'release', release: '0.2.0' }, { soakMinutes: 5 });
    turn(number);
    const canary = ids.find((id) => feedOf(id).items.some(({ kind }) => kind === 'release')) ?? '';
    expect(feedOf(canary).items.at(-1)).toEqual({
      ...{ kind: 'release', rollout: 1, release: '0.2.0', anyHour: false, returns: false },
    });
    obey([canary]);
    const slots = (step: string, reason: string | null = null) => ({ rollout: 1, step, reason });
    const says = (release: string, word: Said['slots']) =>
      new Map([[canary, saying(1, { release, slots: word })]]);
    expect(turn(number, says('0.2.0', slots('running'))).counts.confirmed).toBe(0);
    hello(canary, '0.2.0');
    expect(turn(number, says('0.2.0', slots('proving'))).counts.confirmed).toBe(0);
    expect(turn(number, says('0.2.0', slots('running'))).counts.confirmed).toBe(1);
    hello(canary, '0.1.0');
    const back = turn(number, says('0.1.0', slots('failed', 'crashed_at_start')));
    expect(back).toMatchObject({ state: 'rolling_back', reason: { code: 'boxes_failed' } });
    expect(feedOf(canary).items.at(-1)).toMatchObject({ kind: 'release', release: '0.1.0', returns: true });
    obey([canary]);
    expect(turn(number, says('0.1.0', slots('failed'))).state).toBe('rolled_back');
  });

  it('is not made of a release that nobody added', () => {
    const change = Change.parse({ kind: 'release', release: '9.9.9' });
    const asked = { change, target: {}, plan: Plan.parse({}) };
    expect(store.createRollout(asked, byTester(nowMs))).toEqual({ kind: 'release_unknown' });
  });
});
