// The store as the rest of the daemon sees it: ask() resolves once the disk has the answer.
import { Worker } from 'node:worker_threads';
import { present } from '../../kit/assert.ts';
import type { AnswerTo, Ask, Command, CommandKind } from './commands.ts';
import type { Request, Response } from './thread.ts';
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
  /** Calls back when lastSeq has grown. One listener: the pump. */
  onAppended(listener: () => void): void;
  /** Ends the thread after what was asked has been answered. */
  close(): Promise<void>;
}

const commandsPerMessage = 8;
/** The bound is for what the site may ask without end; the pump asks one thing at a time and must not be held up. */
const ofKiosks: ReadonlySet<CommandKind> = new Set([
  'checkout',
  'void',
  'refund',
  'quote',
  'document',
  'page',
  'status',
]);
/** Commands live for a moment: a small young generation is emptied often and keeps the thread's memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

interface Waiting {
  resolve(answer: AnswerTo<CommandKind>): void;
  reject(error: Error): void;
}

/**
 * Starts the store thread and resolves when its database is open.
 * @param commandsWaitingMax commands asked and not yet answered, beyond which kiosks are told to come again
 * @param onGone called when the thread ends unasked: the truth can no longer be told
 */
export function startStore(
  options: WorkerOptions,
  { commandsWaitingMax, onGone }: { commandsWaitingMax: number; onGone: (error: Error) => void },
): Promise<StoreClient> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: options, resourceLimits });
  const waiting = new Map<number, Waiting>();
  let gathered: Command[] = [];
  let nextId = 1;
  let lastSeq = 0;
  let appended: () => void = () => {};
  let closed: (() => void) | null = null;
  /** Why nothing can be asked any more. */
  let ended: StoreGoneError | null = null;

  const send = (request: Request) => worker.postMessage(request);
  const flush = () => {
    if (gathered.length === 0) return;
    send({ kind: 'commands', firstId: nextId - gathered.length, commands: gathered });
    gathered = [];
  };

  const client: StoreClient = {
    ask(kind, ask) {
      if (ended) return Promise.reject(ended);
      if (ofKiosks.has(kind) && waiting.size >= commandsWaitingMax) {
        return Promise.reject(new StoreBusyError('too many commands wait'));
      }
      return new Promise((resolve, reject) => {
        waiting.set(nextId++, { resolve: resolve as Waiting['resolve'], reject });
        gathered.push({ kind, ...ask } as unknown as Command);
        // One message for what this turn of the event loop brought; in pieces, so that the thread begins to judge the
        // first while we still parse the rest.
        if (gathered.length === 1) setImmediate(flush);
        else if (gathered.length === commandsPerMessage) flush();
      });
    },
    get lastSeq() {
      return lastSeq;
    },
    onAppended(listener) {
      appended = listener;
    },
    close() {
      if (ended) return Promise.resolve();
      flush();
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
          lastSeq = response.lastSeq;
          resolve(client);
          return;
        case 'answers': {
          const grew = response.lastSeq > lastSeq;
          lastSeq = response.lastSeq;
          deliver(response);
          if (grew) appended();
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
      for (const { reject: rejectOne } of waiting.values()) rejectOne(error);
      waiting.clear();
      reject(error);
      onGone(error);
    }
  });

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
