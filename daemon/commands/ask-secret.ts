// Questions at a terminal whose answers are not shown.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface Asking {
  /** @returns what was typed; empty when the terminal is gone or Ctrl-C was pressed */
  ask(question: string): Promise<string>;
  end(): void;
}

/** The questions go to stderr: what a command prints stays what programs read. */
export function askSecrets(): Asking {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  terminal.once('SIGINT', () => terminal.close());
  // One reader for all: what is typed ahead belongs to the next question.
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(question) {
      process.stderr.write(question);
      const { value, done } = await lines.next();
      process.stderr.write('\n');
      return done ? '' : value;
    },
    end: () => terminal.close(),
  };
}
