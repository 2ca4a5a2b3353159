// The store as the rest of the daemon sees it: ask() resolves once the disk has the answer.
import type { Answer } from '../../contract/kiosk-api.ts';
import type { ReasonCode, VerdictKind } from '../../contract/verdict.ts';
import { present } from '../../kit/assert.ts';
import { startThread } from '../../kit/thread.ts';
import type { AnswerTo, Ask, Command, CommandKind } from './commands.ts';
import type { SetAside } from './salvage/set-aside.ts';
import type { Heads } from './store.ts';
import type { Lane, Request, Response } from './thread.ts';
import type { WorkerOptions } from './worker.ts';

/** More commands wait than may: the caller tries again in a moment. */
export class StoreBusyError extends Error {}
/** The store thread has ended; so must the process. */
export class StoreGoneError extends Error {}

export interface StoreClient {
  /** @throws StoreBusyError | StoreGoneError */
  ask<K extends CommandKind>(kind: K, ask: Ask<K>): Promise<AnswerTo<K>>;
  /** The last seq that is durable, as of the newest answer. */
  readonly lastSeq: number;
  /** True while kiosks submit: one did so within the last second. */
  kiosksSubmit(): boolean;
  /** Since a kiosk last did; since the start where none has. */
  quietMs(): number;
  /** The newest checkout that waits for central's word: it is sent though other frames are out. */
  readonly lastAskedSeq: number;
  /** Calls back when lastSeq has grown. One listener: the pump. */
  onAppended(listener: () => void): void;
  /** Calls back with each pending checkout that was decided. One listener: the HTTP server. */
  onDecided(listener: (answer: Answer) => void): void;
  /** Calls back when there are new events, or what a status shows has changed. One listener: the HTTP server. */
  onChanged(listener: (statusChanged: boolean) => void): void;
  /** Ends the thread after what was asked has been answered. */
  close(): Promise<void>;
}

/** What one commit brought, for whoever counts. */
export interface Committed {
  ms: number;
  commands: number;
  /** Commands that waited, these among them. */
  waiting: number;
  /** Of new entries: what was answered before is not counted again. */
  verdicts: VerdictKind[];
  /** Of the same: why. */
  reasons: ReasonCode[];
  lastSeq: number;
  /** Entries were written. */
  grew: boolean;
  /** By central's newest receipt in it; null without one. */
  receivedThrough: number | null;
}

const commandsPerMessage = 8;
/** The bound is for what the site may ask without end; the pump asks one thing at a time and must not be held up. */
const ofKiosks: ReadonlySet<CommandKind> = new Set([
  'checkout',
  'void',
  'refund',
  'fulfilment',
  'quote',
  'document',
  'page',
  'slip',
  'status',
  'queue',
  'flags',
  'events',
  'synthetic',
  'syntheticBasket',
]);
const submissions: ReadonlySet<CommandKind> = new Set(['checkout', 'void', 'refund', 'fulfilment']);
const submitsMs = 1000;
/** Commands live for a moment: a small young generation is emptied often and keeps the thread's memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

interface Waiting {
  resolve(answer: AnswerTo<CommandKind>): void;
  reject(error: Error): void;
}
interface Gathered {
  commands: Command[];
  askers: Waiting[];
}

/**
 * Starts the store thread and resolves when its database is open.
 * @param commandsWaitingMax commands asked and not yet answered, beyond which kiosks are told to come again
 * @param onAsked called with every command
 * @param onCommitted called after each commit
 * @param onSetAside called before that, where the journal was damaged and another one goes on in its place
 * @param onGone called when the thread ends unasked: the truth can no longer be told
 */
export function startStore(
  options: WorkerOptions,
  {
    commandsWaitingMax,
    onAsked,
    onCommitted,
    onSetAside,
    onGone,
  }: {
    commandsWaitingMax: number;
    onAsked?: () => void;
    onCommitted?: (committed: Committed) => void;
    onSetAside?: (setAside: SetAside) => void;
    onGone: (error: Error) => void;
  },
): Promise<StoreClient> {
  const worker = startThread(new URL('./worker.ts', import.meta.url), {
    workerData: options,
    resourceLimits,
  });
  const waiting = new Map<number, Waiting>();
  const gathered: Record<Lane, Gathered> = { kiosks: nothing(), sync: nothing() };
  let nextId = 1;
  const startedMs = performance.now();
  let submittedMs = Number.NEGATIVE_INFINITY;
  let heads: Heads = { lastSeq: 0, lastAskedSeq: 0, lastOutcome: 0, statusChanges: 0 };
  let appended: () => void = () => {};
  let decided: (answer: Answer) => void = () => {};
  let changed: (statusChanged: boolean) => void = () => {};
  let closed: (() => void) | null = null;
  /** Why nothing can be asked any more. */
  let ended: StoreGoneError | null = null;

  const send = (request: Request) => worker.postMessage(request);
  const flush = (lane: Lane) => {
    const { commands, askers } = gathered[lane];
    if (commands.length === 0) return;
    gathered[lane] = nothing();
    send({ kind: 'commands', lane, firstId: nextId, commands });
    for (const asker of askers) waiting.set(nextId++, asker);
  };

  const client: StoreClient = {
    ask(kind, ask) {
      if (ended) return Promise.reject(ended);
      onAsked?.();
      const lane = ofKiosks.has(kind) ? 'kiosks' : 'sync';
      const { commands, askers } = gathered[lane];
      if (lane === 'kiosks' && waiting.size + commands.length >= commandsWaitingMax) {
        return Promise.reject(new StoreBusyError('too many commands wait'));
      }
      if (submissions.has(kind)) submittedMs = performance.now();
      return new Promise((resolve, reject) => {
        askers.push({ resolve: resolve as Waiting['resolve'], reject });
        commands.push({ kind, ...ask } as unknown as Command);
        // One message for what this turn of the event loop brought; in pieces, so that the thread begins to judge the
        // first while we still parse the rest.
        if (commands.length === 1) setImmediate(flush, lane);
        else if (commands.length === commandsPerMessage) flush(lane);
      });
    },
    get lastSeq() {
      return heads.lastSeq;
    },
    get lastAskedSeq() {
      return heads.lastAskedSeq;
    },
    kiosksSubmit: () => performance.now() - submittedMs < submitsMs,
    quietMs: () => performance.now() - Math.max(submittedMs, startedMs),
    onAppended(listener) {
      appended = listener;
    },
    onDecided(listener) {
      decided = listener;
    },
    onChanged(listener) {
      changed = listener;
    },
    close() {
      if (ended) return Promise.resolve();
      flush('kiosks');
      flush('sync');
      ended = new StoreGoneError('the store is closed');
      return new Promise((resolve) => {
        closed = resolve;
        send({ kind: 'close' });
      });
    },
  };

  return new Promise((resolve, reject) => {
    worker.on('message', (response: Response) => {
      switch (response.kind) {
        case 'open':
          heads = response.heads;
          if (response.setAside) onSetAside?.(response.setAside);
          resolve(client);
          return;
        case 'answers': {
          const before = heads;
          heads = response.heads;
          onCommitted?.(committed(response, before, waiting.size));
          deliver(response);
          for (const answer of response.decided) decided(answer);
          tell(before);
          return;
        }
        case 'closed':
          closed?.();
      }
    });
    worker.on('error', (cause) => gone(new StoreGoneError('the store thread failed', { cause })));
    worker.on('exit', () => {
      if (closed) closed();
      else gone(new StoreGoneError('the store thread ended'));
    });

    function gone(error: StoreGoneError): void {
      // A thread that fails also ends: it is told once.
      if (ended && !closed) return;
      ended = error;
      const asked = [...waiting.values(), ...gathered.kiosks.askers, ...gathered.sync.askers];
      for (const { reject: rejectOne } of asked) rejectOne(error);
      waiting.clear();
      reject(error);
      onGone(error);
    }
  });

  function tell(before: Heads): void {
    const grew = heads.lastSeq > before.lastSeq;
    const statusChanged = heads.statusChanges > before.statusChanges;
    if (grew) appended();
    if (grew || statusChanged || heads.lastOutcome > before.lastOutcome) changed(statusChanged);
  }

  function deliver({ firstIds, counts, answers }: Extract<Response, { kind: 'answers' }>): void {
    let at = 0;
    firstIds.forEach((firstId, i) => {
      for (let id = firstId; id < firstId + (counts[i] ?? 0); id++) {
        present(waiting.get(id), `the asker of command ${id}`).resolve(
          answers[at++] as AnswerTo<CommandKind>,
        );
        waiting.delete(id);
      }
    });
  }
}

function committed(
  { answers, commitMs, heads, decided }: Extract<Response, { kind: 'answers' }>,
  before: Heads,
  waiting: number,
): Committed {
  const verdicts = decided.map(({ verdict }) => verdict);
  const reasons = decided.flatMap((one) => one.reasons);
  let receivedThrough: number | null = null;
  for (const answer of answers) {
    if (answer === null || !('kind' in answer)) continue;
    if (answer.kind === 'pending') verdicts.push('pending');
    else if (answer.kind === 'recorded') receivedThrough = answer.receivedThrough;
    // What a box asks itself is nobody's checkout.
    else if (answer.kind === 'answered' && answer.answer.kind !== 'synthetic' && isNew(answer.answer)) {
      verdicts.push(answer.answer.verdict);
      reasons.push(...answer.answer.reasons);
    }
  }
  const { lastSeq } = heads;
  const grew = lastSeq > before.lastSeq;
  const codes = reasons.map(({ code }) => code);
  const told = { verdicts, reasons: codes, lastSeq, grew, receivedThrough };
  return { ms: commitMs, commands: answers.length, waiting, ...told };

  /** One of those that were decided is told there. */
  function isNew({ seq, id }: Pick<Answer, 'seq' | 'id'>): boolean {
    return seq > before.lastSeq && !decided.some((other) => other.id === id);
  }
}

function nothing(): Gathered {
  return { commands: [], askers: [] };
}
