// The two ways `npm start` shows itself: a view in a terminal, or plain lines where there is none.
import type { ReadStream, WriteStream } from 'node:tty';
import { openScreen, readKeys, type Screen, wantsColour } from './terminal.ts';
import { plainLines, type View, viewLines } from './view.ts';

export interface Face {
  /** Keys are read. */
  keys: boolean;
  /** What is being done before the view begins and after it has ended. */
  step(text: string): void;
  /** Something happened to the site, other than a sale. */
  event(text: string): void;
  show(view: View): void;
  /** Ends the view; what follows are steps. */
  end(): void;
}

export function createTerminalFace(
  stdout: WriteStream,
  stdin: ReadStream | null,
  onKey: (key: string) => void,
): Face {
  const colour = wantsColour(process.env);
  let screen: Screen | null = null;
  let closeKeys = () => {};
  return {
    keys: stdin !== null,
    step: (text) => void stdout.write(`${text}\n`),
    event() {},
    show(view) {
      if (!screen) {
        screen = openScreen(stdout, colour);
        if (stdin) closeKeys = readKeys(stdin, onKey);
      }
      screen.paint(viewLines(view, screen.rows()));
    },
    end() {
      screen?.close();
      closeKeys();
    },
  };
}

/** For each box. */
const plainEveryMs = 1000;

export function createPlainFace(write: (line: string) => void): Face {
  let nextMs = 0;
  return {
    keys: false,
    step: write,
    event: write,
    show(view) {
      if (performance.now() < nextMs) return;
      // The first line comes after the signs: where to go and what to paste.
      if (nextMs === 0) for (const sign of [...view.signs.places, ...view.signs.sale]) write(sign);
      const lines = plainLines(view);
      nextMs = performance.now() + plainEveryMs * lines.length;
      for (const line of lines) write(line);
    },
    end() {},
  };
}
