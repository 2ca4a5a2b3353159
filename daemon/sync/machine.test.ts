// The machine as tables, and as a property: whatever happens in whatever order, it keeps its bounds; and once the link
// holds and central works with it, everything is received (I10).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  act,
  next,
  reading,
  type Streaming,
  type SyncAction,
  type SyncEvent,
  type SyncState,
  type SyncTiming,
} from './machine.ts';

const timing: SyncTiming = { answerMsMax: 1000, refusedMs: 5000, fullFrameItems: 10 };
const offline: SyncState = { kind: 'offline' };
const greeting = (helloId: string, sinceMs = 0): SyncState => ({ kind: 'greeting', helloId, sinceMs });
const streaming = (changes: Partial<Streaming> = {}): Streaming => ({
  kind: 'streaming',
  sentThrough: 0,
  framesOut: [],
  progressMs: 0,
  windowFrames: 4,
  entriesPerSecondMax: 1000,
  notBeforeMs: 0,
  reading: false,
  ...changes,
});
const welcomed = (helloId: string, receivedThrough: number): SyncEvent => ({
  kind: 'welcomed',
  helloId,
  receivedThrough,
  windowFrames: 4,
  entriesPerSecondMax: 1000,
});
const after = (state: SyncState, event: SyncEvent, nowMs = 0) => next(state, event, { nowMs }, timing);

describe('an event', () => {
  it.each<[string, SyncState, SyncEvent, number, SyncState]>([
    ['the link comes up: hello', offline, { kind: 'link_up', helloId: 'a' }, 5, greeting('a', 5)],
    ['the link goes down while streaming', streaming(), { kind: 'link_down' }, 5, offline],
    [
      'the link goes down while refused',
      { kind: 'refused', code: 'history_diverged', sinceMs: 1 },
      { kind: 'link_down' },
      5,
      offline,
    ],
    [
      'the welcome to this hello',
      greeting('a'),
      welcomed('a', 7),
      5,
      streaming({ sentThrough: 7, progressMs: 5, notBeforeMs: 5 }),
    ],
    ['a late welcome to an earlier hello', greeting('b'), welcomed('a', 7), 5, greeting('b')],
    [
      'a second welcome to the same hello',
      streaming({ sentThrough: 9 }),
      welcomed('a', 7),
      5,
      streaming({ sentThrough: 9 }),
    ],
    ['a welcome with no link', offline, welcomed('a', 7), 5, offline],
    [
      'a refusal',
      greeting('a'),
      { kind: 'refused', helloId: 'a', code: 'certificate_refused' },
      5,
      { kind: 'refused', code: 'certificate_refused', sinceMs: 5 },
    ],
    [
      'a refusal with no link',
      offline,
      { kind: 'refused', helloId: 'a', code: 'certificate_refused' },
      5,
      offline,
    ],
    ['a receipt with no link', offline, { kind: 'received', through: 5 }, 5, offline],
    [
      'a receipt for all that is out',
      streaming({ sentThrough: 9, framesOut: [4, 9] }),
      { kind: 'received', through: 9 },
      5,
      streaming({ sentThrough: 9, progressMs: 5 }),
    ],
    [
      'a receipt for a part',
      streaming({ sentThrough: 9, framesOut: [4, 9] }),
      { kind: 'received', through: 6 },
      5,
      streaming({ sentThrough: 9, framesOut: [9], progressMs: 5 }),
    ],
    [
      'a repeated receipt is no progress',
      streaming({ sentThrough: 9, framesOut: [9] }),
      { kind: 'received', through: 4 },
      5,
      streaming({ sentThrough: 9, framesOut: [9] }),
    ],
    [
      'a run that was asked for is sent',
      streaming({ reading: true, sentThrough: 4 }),
      { kind: 'sent', firstSeq: 5, lastSeq: 9 },
      5,
      streaming({ sentThrough: 9, framesOut: [9], progressMs: 5, notBeforeMs: 5 }),
    ],
    [
      'a run that nobody asked for on this connection',
      streaming({ sentThrough: 4 }),
      { kind: 'sent', firstSeq: 5, lastSeq: 9 },
      5,
      streaming({ sentThrough: 4 }),
    ],
    [
      'a run of an earlier connection, from elsewhere',
      streaming({ reading: true, sentThrough: 4 }),
      { kind: 'sent', firstSeq: 8, lastSeq: 9 },
      5,
      streaming({ reading: true, sentThrough: 4 }),
    ],
    ['a run that could not be read', streaming({ reading: true }), { kind: 'unsent' }, 5, streaming()],
    [
      'no welcome in time: hello again',
      greeting('a', 0),
      { kind: 'tick', helloId: 'b' },
      1000,
      greeting('b', 1000),
    ],
    ['just before that', greeting('a', 0), { kind: 'tick', helloId: 'b' }, 999, greeting('a', 0)],
    [
      'a lost receipt: hello again',
      streaming({ framesOut: [9] }),
      { kind: 'tick', helloId: 'b' },
      1000,
      greeting('b', 1000),
    ],
    ['quiet, with nothing out', streaming(), { kind: 'tick', helloId: 'b' }, 9e9, streaming()],
    [
      'refused, a while later',
      { kind: 'refused', code: 'history_diverged', sinceMs: 0 },
      { kind: 'tick', helloId: 'b' },
      5000,
      greeting('b', 5000),
    ],
  ])('%s', (_, state, event, nowMs, expected) => expect(after(state, event, nowMs)).toEqual(expected));
});

describe('what to do', () => {
  it.each<[string, SyncState, { nowMs: number; lastSeq: number; lastAskedSeq?: number }, SyncAction]>([
    ['nothing without a link', offline, { nowMs: 0, lastSeq: 99 }, { kind: 'nothing' }],
    ['wait for the welcome', greeting('a', 3), { nowMs: 4, lastSeq: 99 }, { kind: 'wait', untilMs: 1003 }],
    [
      'nothing when all is sent and received',
      streaming({ sentThrough: 5 }),
      { nowMs: 0, lastSeq: 5 },
      { kind: 'nothing' },
    ],
    [
      'send the one entry there is',
      streaming({ sentThrough: 5 }),
      { nowMs: 0, lastSeq: 6 },
      { kind: 'send', afterSeq: 5 },
    ],
    [
      'gather while another frame is out',
      streaming({ sentThrough: 5, framesOut: [5] }),
      { nowMs: 0, lastSeq: 14 },
      { kind: 'wait', untilMs: 1000 },
    ],
    [
      'send a full frame beside another',
      streaming({ sentThrough: 5, framesOut: [5] }),
      { nowMs: 0, lastSeq: 15 },
      { kind: 'send', afterSeq: 5 },
    ],
    [
      'wait while the window is full',
      streaming({ sentThrough: 5, framesOut: [2, 3, 4, 5] }),
      { nowMs: 0, lastSeq: 99 },
      { kind: 'wait', untilMs: 1000 },
    ],
    [
      'keep the pace',
      streaming({ notBeforeMs: 50 }),
      { nowMs: 49, lastSeq: 1 },
      { kind: 'wait', untilMs: 50 },
    ],
    [
      'go on when the pace allows',
      streaming({ notBeforeMs: 50 }),
      { nowMs: 50, lastSeq: 1 },
      { kind: 'send', afterSeq: 0 },
    ],
    [
      'send at once what central is asked, though a frame is out',
      streaming({ sentThrough: 5, framesOut: [5] }),
      { nowMs: 0, lastSeq: 6, lastAskedSeq: 6 },
      { kind: 'send', afterSeq: 5 },
    ],
    [
      'let entries gather behind what central was asked before',
      streaming({ sentThrough: 6, framesOut: [6] }),
      { nowMs: 0, lastSeq: 7, lastAskedSeq: 6 },
      { kind: 'wait', untilMs: 1000 },
    ],
    [
      'keep to the window even for what central is asked',
      streaming({ sentThrough: 5, framesOut: [2, 3, 4, 5] }),
      { nowMs: 0, lastSeq: 6, lastAskedSeq: 6 },
      { kind: 'wait', untilMs: 1000 },
    ],
    ['not read two runs at once', reading(streaming()), { nowMs: 0, lastSeq: 99 }, { kind: 'nothing' }],
  ])('%s', (_, state, facts, action) =>
    expect(act(state, { lastAskedSeq: 0, ...facts }, timing)).toEqual(action),
  );
});

const events: fc.Arbitrary<SyncEvent> = fc.oneof(
  fc.record({ kind: fc.constant('link_up' as const), helloId: fc.constantFrom('a', 'b', 'c') }),
  fc.constant({ kind: 'link_down' as const }),
  fc.record({
    kind: fc.constant('welcomed' as const),
    helloId: fc.constantFrom('a', 'b', 'c'),
    receivedThrough: fc.nat(50),
    windowFrames: fc.integer({ min: 1, max: 4 }),
    entriesPerSecondMax: fc.constantFrom(1, 100, 100_000),
  }),
  fc.record({
    kind: fc.constant('refused' as const),
    helloId: fc.constantFrom('a', 'b'),
    code: fc.constant('history_diverged' as const),
  }),
  fc.record({ kind: fc.constant('received' as const), through: fc.nat(120) }),
  fc
    .record({
      kind: fc.constant('sent' as const),
      firstSeq: fc.integer({ min: 1, max: 60 }),
      lastSeq: fc.integer({ min: 1, max: 99 }),
    })
    .filter(({ firstSeq, lastSeq }) => lastSeq >= firstSeq),
  fc.constant({ kind: 'unsent' as const }),
  fc.record({ kind: fc.constant('tick' as const), helloId: fc.constantFrom('a', 'b', 'c') }),
);
type Step = { event: SyncEvent } | { passMs: number } | { grow: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ event: events }) },
    { weight: 2, arbitrary: fc.record({ passMs: fc.nat(1500) }) },
    { weight: 2, arbitrary: fc.record({ grow: fc.nat(30) }) },
  ),
  { maxLength: 60 },
);

/** What holds of every state, however it came about. */
function assertSane(state: SyncState): void {
  if (state.kind !== 'streaming') return;
  expect(state.framesOut.length).toBeLessThanOrEqual(state.windowFrames);
  expect(state.framesOut).toEqual([...new Set(state.framesOut)].sort((a, b) => a - b));
  expect(state.framesOut.every((lastSeq) => lastSeq <= state.sentThrough)).toBe(true);
}

/** One step of a plan, with what it may not do. */
function play(before: SyncState, event: SyncEvent, nowMs: number): SyncState {
  const state = next(before, event, { nowMs }, timing);
  if (state.kind !== 'streaming') return state;
  // Only a welcome begins to stream, and only a welcome moves what was sent back.
  if (before.kind === 'streaming') expect(state.sentThrough).toBeGreaterThanOrEqual(before.sentThrough);
  else expect(event.kind).toBe('welcomed');
  return state;
}

describe('any sequence of events', () => {
  it('keeps the frames that are out in order, within what was sent and within the window', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        let state: SyncState = offline;
        let nowMs = 0;
        let lastSeq = 0;
        for (const step of plan) {
          if ('passMs' in step) nowMs += step.passMs;
          else if ('grow' in step) lastSeq += step.grow;
          else state = play(state, step.event, nowMs);
          assertSane(state);
          const action = act(state, { nowMs, lastSeq, lastAskedSeq: 0 }, timing);
          if (action.kind !== 'send' || state.kind !== 'streaming') continue;
          // The pump asks for a run only when there is one.
          expect(action.afterSeq).toBeLessThan(lastSeq);
          state = reading(state);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** A world around the machine: a link that loses and delays, and a central that keeps what comes without a gap. */
function createWorld() {
  let state: SyncState = offline;
  let nowMs = 0;
  let lastSeq = 0;
  let hellos = 0;
  let central = 0;
  /** What is on its way, and when it arrives. */
  let flying: { atMs: number; event: SyncEvent }[] = [];
  const sentAt: { atMs: number; entries: number }[] = [];
  const lose = { up: false, down: false };

  const happen = (event: SyncEvent) => {
    const before = state.kind;
    state = next(state, event, { nowMs }, timing);
    assertSane(state);
    if (
      state.kind === 'greeting' &&
      (before !== 'greeting' || event.kind === 'link_up' || event.kind === 'tick')
    )
      hello();
    step();
  };
  const answer = (event: SyncEvent) => {
    if (!lose.down) flying.push({ atMs: nowMs + 20, event });
  };
  function hello(): void {
    if (state.kind !== 'greeting' || lose.up) return;
    answer({
      kind: 'welcomed',
      helloId: state.helloId,
      receivedThrough: central,
      windowFrames: 3,
      entriesPerSecondMax: 500,
    });
  }
  function step(): void {
    const action = act(state, { nowMs, lastSeq, lastAskedSeq: 0 }, timing);
    if (action.kind !== 'send' || state.kind !== 'streaming') return;
    const lastOfRun = Math.min(lastSeq, action.afterSeq + 25);
    state = reading(state);
    sentAt.push({ atMs: nowMs, entries: lastOfRun - action.afterSeq });
    if (!lose.up) {
      // Repeats are passed over, a gap is ignored: what central keeps it confirms.
      if (action.afterSeq <= central) central = Math.max(central, lastOfRun);
      answer({ kind: 'received', through: central });
    }
    happen({ kind: 'sent', firstSeq: action.afterSeq + 1, lastSeq: lastOfRun });
  }
  return {
    lose,
    sentAt,
    happen,
    grow(entries: number) {
      lastSeq += entries;
      step();
    },
    pass(ms: number) {
      for (const end = nowMs + ms; nowMs < end; nowMs += 10) {
        const due = flying.filter(({ atMs }) => atMs <= nowMs);
        flying = flying.filter(({ atMs }) => atMs > nowMs);
        for (const { event } of due) happen(event);
        happen({ kind: 'tick', helloId: `h${hellos++}` });
      }
    },
    /** Whatever was on its way is lost with the connection, or, as MQTT may have it, arrives late. */
    cut(late: boolean) {
      if (!late) flying = [];
      happen({ kind: 'link_down' });
    },
    up: () => happen({ kind: 'link_up', helloId: `u${hellos++}` }),
    stands: () => ({ central, lastSeq, state }),
  };
}

type Weather =
  | { kind: 'grow'; entries: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'cut'; late: boolean }
  | { kind: 'up' }
  | { kind: 'lose'; up: boolean; down: boolean };
const weather: fc.Arbitrary<Weather[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('grow' as const), entries: fc.integer({ min: 1, max: 80 }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(1500) }),
    fc.record({ kind: fc.constant('cut' as const), late: fc.boolean() }),
    fc.constant({ kind: 'up' as const }),
    fc.record({ kind: fc.constant('lose' as const), up: fc.boolean(), down: fc.boolean() }),
  ),
  { maxLength: 20 },
);

describe('a link that heals (I10)', () => {
  it('ends with everything received, whatever was lost before', () => {
    fc.assert(
      fc.property(weather, (storm) => {
        const world = createWorld();
        world.up();
        for (const one of storm) {
          if (one.kind === 'grow') world.grow(one.entries);
          else if (one.kind === 'pass') world.pass(one.ms);
          else if (one.kind === 'cut') world.cut(one.late);
          else if (one.kind === 'up') world.up();
          else Object.assign(world.lose, { up: one.up, down: one.down });
        }
        Object.assign(world.lose, { up: false, down: false });
        world.up();
        // At most a lost answer, then all of it at the pace that central asked for.
        world.pass(2000 + (world.stands().lastSeq / 500) * 1000 + 500);
        const { central, lastSeq, state } = world.stands();
        expect(central).toBe(lastSeq);
        expect(state).toMatchObject({ kind: 'streaming', framesOut: [], sentThrough: lastSeq });
      }),
      { numRuns: 200 },
    );
  });

  it('says hello again when a receipt is lost, and sends again only what central has not', () => {
    const world = createWorld();
    world.up();
    world.pass(50);
    world.lose.down = true;
    world.grow(5);
    world.pass(500);
    expect(world.stands().state).toMatchObject({ kind: 'streaming', framesOut: [5] });
    world.lose.down = false;
    world.pass(700);
    expect(world.stands().state).toMatchObject({ kind: 'streaming', framesOut: [], sentThrough: 5 });
    expect(world.sentAt).toHaveLength(1);
  });

  it('never sends faster than central asked for', () => {
    const world = createWorld();
    world.up();
    world.pass(50);
    world.grow(2000);
    world.pass(6000);
    const [first] = world.sentAt;
    let entries = 0;
    for (const sent of world.sentAt) {
      // 500 entries a second, and one frame of credit after a quiet time.
      expect(entries).toBeLessThanOrEqual(((sent.atMs - (first?.atMs ?? 0)) / 1000) * 500 + 25);
      entries += sent.entries;
    }
    expect(entries).toBe(2000);
  });
});
