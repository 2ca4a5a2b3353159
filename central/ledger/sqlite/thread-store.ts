// The port, answered by the store thread: each call is a command, each answer comes after its commit.
import type { Worker } from 'node:worker_threads';
import { assert } from '../../../kit/assert.ts';
import { noProcessors, type RoutingRules } from '../../charging/route.ts';
import type { Traced } from '../../latency/port.ts';
import type { LedgerPort } from '../port.ts';
import type { Answer, CallName } from './batch.ts';
import { portOf } from './direct-port.ts';
import { startStoreThread } from './start-thread.ts';
import type { StoreMessage, StoreRequest } from './thread-messages.ts';

export interface StoreEvents {
  /** These feeds have grown. */
  onGrown(applianceIds: string[]): void;
  /** Another process has written to the database. */
  onChangedOutside(): void;
  /** A step of charging has become due; `nextStepDueMs` says when the others are. */
  onStepsDue?(): void;
  /** What was done on the way of documents; whoever listens makes traces of it. */
  onTraced?(traced: Traced[]): void;
  /** The ledger waits for the disk. */
  onDiskTrouble(error: string): void;
  /** The thread is gone and will answer nothing more: the process must end. */
  onFailed(error: Error): void;
}

export interface ThreadStore {
  port: LedgerPort;
  /** Lets the commands already given finish, closes the database, ends the thread. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Starts the thread and resolves when its database is open. */
export async function startThreadStore(
  path: string,
  events: StoreEvents,
  routing: RoutingRules = noProcessors,
): Promise<ThreadStore> {
  const worker = startStoreThread(path, routing, events.onTraced !== undefined);
  const waiting = new Map<number, Waiting>();
  const state = { nextId: 1, closing: false };

  const call = (name: CallName, args: unknown[]): Promise<unknown> => {
    assert(!state.closing, 'nothing is asked of a store that is closing');
    return new Promise((resolve, reject) => {
      const id = state.nextId++;
      waiting.set(id, { resolve, reject });
      const request: StoreRequest = { kind: 'call', command: { id, name, args } };
      worker.postMessage(request);
    });
  };

  const settle = (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) one?.resolve(answer.value);
    else one?.reject(answer.error);
  };

  const failed = (error: Error) => {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    if (!state.closing) events.onFailed(error);
  };

  await opened(worker);
  worker.on('error', failed);
  worker.on('exit', (code) => failed(new Error(`the store thread ended with code ${code}`)));
  worker.on('message', (message: StoreMessage) => {
    switch (message.kind) {
      case 'answers':
        return message.answers.forEach(settle);
      case 'grown':
        return events.onGrown(message.applianceIds);
      case 'steps_due':
        return events.onStepsDue?.();
      case 'changed_outside':
        events.onStepsDue?.();
        return events.onChangedOutside();
      case 'traced':
        return events.onTraced?.(message.traced);
      case 'disk_trouble':
        return events.onDiskTrouble(message.error);
      case 'ready':
        return;
    }
  });

  return {
    port: portOf(call),
    close() {
      if (state.closing) return Promise.resolve();
      state.closing = true;
      return new Promise((resolve) => {
        worker.once('exit', () => resolve());
        const request: StoreRequest = { kind: 'close' };
        worker.postMessage(request);
      });
    },
  };
}

function opened(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => {
      worker.off('error', reject);
      resolve();
    });
    worker.once('error', reject);
  });
}
