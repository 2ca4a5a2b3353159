// The store thread: takes all commands that wait, gives them to the store as one batch, and answers them after its
// commit. While the disk syncs, the next batch gathers in the port: group commit comes by itself.
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Answer } from '../../contract/kiosk-api.ts';
import type { AnswerTo, Command, CommandKind } from './commands.ts';
import type { Heads, Store } from './store.ts';

/** To the thread: numbered commands, or the request to close. */
export type Request = { kind: 'commands'; firstId: number; commands: Command[] } | { kind: 'close' };
/**
 * From the thread: answers in the order of the commands, from `firstId` on; how far everything has come; and the pending
 * checkouts that this batch decided.
 */
export type Response =
  | { kind: 'open'; heads: Heads }
  | {
      kind: 'answers';
      firstIds: number[];
      counts: number[];
      answers: AnswerTo<CommandKind>[];
      heads: Heads;
      decided: Answer[];
    }
  | { kind: 'closed' };

/** One commit holds at most this many commands: its duration bounds how long the next ones wait. */
const batchCommandsMax = 512;

/** Serves the store on the port until it is told to close. */
export function serveStore(store: Store, port: MessagePort): void {
  port.postMessage({ kind: 'open', heads: store.heads } satisfies Response);
  port.on('message', (first: Request) => {
    const requests: Request[] = [];
    let commands = 0;
    let next: Request | undefined = first;
    while (next) {
      requests.push(next);
      if (next.kind === 'commands') commands += next.commands.length;
      next = commands < batchCommandsMax ? receiveMessageOnPort(port)?.message : undefined;
    }
    const batches = requests.filter((request) => request.kind === 'commands');
    if (batches.length > 0) run(batches);
    if (batches.length < requests.length) {
      store.close();
      port.postMessage({ kind: 'closed' } satisfies Response);
      port.close();
    }
  });

  function run(batches: Extract<Request, { kind: 'commands' }>[]): void {
    const answers = store.execute(batches.flatMap(({ commands }) => commands));
    const response: Response = {
      kind: 'answers',
      firstIds: batches.map(({ firstId }) => firstId),
      counts: batches.map(({ commands }) => commands.length),
      answers,
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
