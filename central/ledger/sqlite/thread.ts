// The store thread: it alone owns the database. Its whole life: all commands that wait in one transaction, their
// answers, then, when intake is quiet or the ledger's turn has come, one bounded piece of ledger work, and look again.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { present } from '../../../kit/assert.ts';
import { systemClock } from '../../../kit/clock.ts';
import type { ReceiveResult } from '../port.ts';
import { type Answer, executeBatch } from './batch.ts';
import { createLeftBehind } from './left-behind.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore } from './store.ts';
import { type StoreMessage, type StoreRequest, type ThreadData, threadLimits } from './thread-messages.ts';

function run({ path, routing, traces }: ThreadData): void {
  const port = present(parentPort, 'the port to the main thread');
  mkdirSync(dirname(path), { recursive: true });
  const store = createSqliteStore(openDatabase(path), { routing, traces });
  const clock = systemClock();
  const say = (message: StoreMessage) => port.postMessage(message);

  const sayGrown = () => {
    const applianceIds = store.takeGrownFeeds();
    if (applianceIds.length > 0) say({ kind: 'grown', applianceIds });
    if (store.takeStepsDue()) say({ kind: 'steps_due' });
    const traced = store.takeTraced();
    if (traced.length > 0) say({ kind: 'traced', traced });
  };

  /** Reconciliation is another process; what it settled is told in pieces, as fast as spans can go. */
  const tellSettled = (written: boolean) => {
    if (written) settling.more = true;
    if (!settling.more) return;
    store.lookForSettled();
    const traced = store.takeTraced();
    settling.more = traced.length > 0;
    if (settling.more) say({ kind: 'traced', traced });
  };
  const settling = { more: false };

  const takeWaiting = (first: StoreRequest[]): StoreRequest[] => {
    const requests = first;
    while (requests.length < threadLimits.batchCommandsMax) {
      const next = receiveMessageOnPort(port);
      if (!next) break;
      requests.push(next.message);
    }
    return requests;
  };

  const state = { scheduled: false, closed: false, bookedMs: 0, intakeMs: 0, hurry: false };
  const pieceDelayMs = () => {
    // A kiosk waits for the answer to one of them.
    if (state.hurry) return 0;
    const { pieceEveryMs, intakeQuietMs } = threadLimits;
    return Math.min(state.bookedMs + pieceEveryMs, state.intakeMs + intakeQuietMs) - clock.monotonicMs();
  };
  const schedule = () => {
    if (state.scheduled || state.closed) return;
    state.scheduled = true;
    const delayMs = pieceDelayMs();
    if (delayMs > 0) setTimeout(turn, delayMs);
    else setImmediate(turn);
  };

  const turn = () => {
    state.scheduled = false;
    if (state.closed) return;
    const requests = takeWaiting([]);
    if (requests.length > 0) {
      serve(requests);
      return;
    }
    // Intake may have gone on since this turn was planned.
    if (pieceDelayMs() > 0) schedule();
    else book();
  };

  const book = () => {
    state.bookedMs = clock.monotonicMs();
    state.hurry = false;
    try {
      const { more } = store.transaction(() => store.bookPiece(threadLimits.pieceEntriesMax, clock.wallMs()));
      sayGrown();
      planAnswers();
      if (more) schedule();
    } catch (error) {
      if (!store.isDiskTrouble(error)) throw error;
      say({ kind: 'disk_trouble', error: (error as Error).message });
      setTimeout(schedule, threadLimits.diskRetryMs);
    }
  };

  /** The authorisations that take time: worked when they are due, at a pace of their own. */
  const answers = { timer: setTimeout(() => {}, 0) };
  const planAnswers = () => {
    clearTimeout(answers.timer);
    const dueMs = state.closed ? null : store.nextDueMs();
    if (dueMs === null) return;
    const delayMs = Math.min(Math.max(0, dueMs - clock.wallMs()), threadLimits.dueLookMsMax);
    answers.timer = setTimeout(answerDue, delayMs);
  };
  const answerDue = () => {
    if (state.closed) return;
    try {
      store.transaction(() => store.answerDue(threadLimits.pieceEntriesMax, clock.wallMs()));
      sayGrown();
      planAnswers();
    } catch (error) {
      if (!store.isDiskTrouble(error)) throw error;
      say({ kind: 'disk_trouble', error: (error as Error).message });
      answers.timer = setTimeout(answerDue, threadLimits.diskRetryMs);
    }
  };

  const serve = (requests: readonly StoreRequest[]) => {
    const commands = requests.flatMap((request) => (request.kind === 'call' ? [request.command] : []));
    if (commands.length > 0) {
      executeBatch(store, commands, (given: Answer[]) => {
        say({ kind: 'answers', answers: given });
        if (given.some(asks)) state.hurry = true;
      });
      sayGrown();
    }
    if (commands.some(({ name }) => name === 'receive')) state.intakeMs = clock.monotonicMs();
    if (requests.some((request) => request.kind === 'close')) close();
    else if (pieceDelayMs() <= 0) book();
    else schedule();
  };

  const close = () => {
    state.closed = true;
    clearInterval(watch);
    clearTimeout(answers.timer);
    leftBehind.stop();
    store.close();
    port.close();
  };

  const leftBehind = createLeftBehind(store, clock, sayGrown);
  // Commands of other processes (an import, a new policy) are noticed by SQLite's own counter.
  const seen = { version: store.dataVersion() };
  const watch = setInterval(() => {
    leftBehind.look();
    const version = store.dataVersion();
    tellSettled(version !== seen.version);
    if (version === seen.version) return;
    seen.version = version;
    say({ kind: 'changed_outside' });
    schedule();
  }, threadLimits.outsideCheckMs);

  port.on('message', (request: StoreRequest) => serve(takeWaiting([request])));
  say({ kind: 'ready' });
  schedule();
  planAnswers();
}

function asks(answer: Answer): boolean {
  const value = answer.ok ? (answer.value as Partial<ReceiveResult> | null) : null;
  return value?.kind === 'received' && 'asks' in value && value.asks === true;
}

run(workerData as ThreadData);
