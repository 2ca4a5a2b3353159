// A full-screen view in a terminal: painted in place, a line at a time only where it changed, and given back as it was.
import type { ReadStream, WriteStream } from 'node:tty';
import type { Line, Tone } from './piece.ts';

export interface Screen {
  rows(): number;
  paint(lines: readonly Line[]): void;
  /** Gives the terminal back. Safe to call twice. */
  close(): void;
}

const enter = '\x1b[?1049h\x1b[?25l\x1b[2J';
const leave = '\x1b[?25h\x1b[?1049l';

const codes: Record<Tone, string> = {
  plain: '',
  dim: '\x1b[2m',
  strong: '\x1b[1m',
  good: '\x1b[32m',
  bad: '\x1b[1;31m',
  warning: '\x1b[33m',
};

export function openScreen(stdout: WriteStream, colour: boolean): Screen {
  let shown: string[] = [];
  let open = true;
  // A resized terminal holds wrapped leftovers: begin again.
  const onResize = () => {
    shown = [];
    stdout.write('\x1b[2J');
  };
  const close = () => {
    if (!open) return;
    open = false;
    stdout.off('resize', onResize);
    process.off('exit', close);
    stdout.write(leave);
  };
  stdout.write(enter);
  stdout.on('resize', onResize);
  process.on('exit', close);
  return {
    rows: () => stdout.rows || 24,
    paint(lines) {
      if (!open) return;
      const next = lines.map((line) => lineText(line, stdout.columns || 80, colour));
      let out = '';
      for (let row = 0; row < Math.max(next.length, shown.length); row++) {
        const text = next[row] ?? '';
        if (text !== shown[row]) out += `\x1b[${row + 1};1H${text}\x1b[K`;
      }
      shown = next;
      if (out !== '') stdout.write(out);
    },
    close,
  };
}

/** A line cut to the width and coloured; the text is the same without colour. */
export function lineText(line: Line, columns: number, colour: boolean): string {
  let room = columns;
  let out = '';
  for (const { text, tone } of line) {
    const part = [...text].slice(0, room).join('');
    room -= [...part].length;
    const code = colour ? codes[tone] : '';
    out += code === '' || part === '' ? part : `${code}${part}\x1b[0m`;
  }
  return out;
}

/** https://no-color.org, and terminals that can do nothing. */
export function wantsColour(env: NodeJS.ProcessEnv): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}

const escapeCode = '\x1b';
/** Arrows up and down, as terminals send them, with an O where the cursor keys are the application's; or any character. */
const keyPattern = new RegExp(`${escapeCode}[[O][AB]|.`, 'gs');

/** Calls back for each key until closed, with an arrow's whole sequence; Ctrl-C is the key '\x03' then, and no signal. */
export function readKeys(stdin: ReadStream, onKey: (key: string) => void): () => void {
  const onData = (data: Buffer) => {
    for (const [key] of data.toString().matchAll(keyPattern))
      onKey(key.replace(`${escapeCode}O`, `${escapeCode}[`));
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on('data', onData);
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
