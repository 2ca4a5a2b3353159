// The store thread: takes all commands that wait, gives them to the store as one batch, and answers them after its
// commit. While the disk syncs, the next batch gathers in the port: group commit comes by itself.
//
// Two lanes: what kiosks ask is done first, and what the sync asks one message at a time between their batches, so that
// a customer waits for one piece of a backlog at most, and a backlog never for ever.
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Answer } from '../../contract/kiosk-api.ts';
import type { Rest } from '../../kit/rest.ts';
import type { AnswerTo, Command, CommandKind } from './commands.ts';
import type { SetAside } from './salvage/set-aside.ts';
import type { Heads, Store } from './store.ts';

export type Lane = 'kiosks' | 'sync';
/** Numbered commands of one lane. */
export interface Commands {
  kind: 'commands';
  lane: Lane;
  firstId: number;
  commands: Command[];
}
/** To the thread; `close` ends it after what was asked before. */
export type Request = Commands | { kind: 'close' };
/**
 * From the thread: answers in the order of the commands, from each `firstId` on; how far everything has come; and the
 * pending checkouts that this batch decided.
 */
export type Response =
  | { kind: 'open'; heads: Heads; setAside: SetAside | null }
  | {
      kind: 'answers';
      firstIds: number[];
      counts: number[];
      answers: AnswerTo<CommandKind>[];
      /** What the commit took, with its sync. */
      commitMs: number;
      heads: Heads;
      decided: Answer[];
    }
  | { kind: 'closed' };

/** One commit holds at most this many commands and one message more: its duration bounds how long the next ones wait. */
const batchCommandsMax = 512;

/** Serves the store on the port until it is told to close. @param setAside the journal that it goes on from, where that was damaged */
export function serveStore(store: Store, setAside: SetAside | null, port: MessagePort, rest: Rest): void {
  const waiting: Record<Lane, Commands[]> = { kiosks: [], sync: [] };
  let closing = false;

  port.postMessage({ kind: 'open', heads: store.heads, setAside } satisfies Response);
  port.on('message', (first: Request) => {
    rest.worked();
    take(first);
    takeAll();
    while (waiting.kiosks.length > 0 || waiting.sync.length > 0) {
      const batch = kioskBatch();
      if (batch.length > 0) run(batch);
      takeAll();
      const piece = waiting.sync.shift();
      if (piece) run([piece]);
      takeAll();
    }
    if (!closing) return;
    rest.stop();
    store.close();
    port.postMessage({ kind: 'closed' } satisfies Response);
    port.close();
  });

  function take(request: Request): void {
    if (request.kind === 'close') closing = true;
    else waiting[request.lane].push(request);
  }

  function takeAll(): void {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message);
  }

  function kioskBatch(): Commands[] {
    let commands = 0;
    const full = waiting.kiosks.findIndex((request) => {
      commands += request.commands.length;
      return commands >= batchCommandsMax;
    });
    return waiting.kiosks.splice(0, full < 0 ? waiting.kiosks.length : full + 1);
  }

  function run(batch: Commands[]): void {
    const startMs = performance.now();
    const answers = store.execute(batch.flatMap(({ commands }) => commands));
    const commitMs = performance.now() - startMs;
    const response: Response = {
      kind: 'answers',
      firstIds: batch.map(({ firstId }) => firstId),
      counts: batch.map(({ commands }) => commands.length),
      answers,
      commitMs,
      heads: store.heads,
      decided: store.takeDecided(),
    };
    port.postMessage(response, answers.flatMap(movable));
  }
}

/** The bytes of an answer that move to the other thread instead of being copied. */
function movable(answer: AnswerTo<CommandKind>): ArrayBuffer[] {
  return answer !== null && 'lines' in answer && answer.lines.buffer instanceof ArrayBuffer
    ? [answer.lines.buffer]
    : [];
}
