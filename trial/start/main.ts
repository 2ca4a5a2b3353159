// `npm start`: a site in a box.
import { describeError, exitCodeOf } from '../error.ts';
import type { Acts } from './acts.ts';
import { endingLines } from './ending.ts';
import { createPlainFace, createTerminalFace } from './face.ts';
import { readStartOptions } from './options.ts';
import { runSite } from './start.ts';

const options = readStartOptions(process.argv.slice(2));
const quit = new AbortController();
const hurry = new AbortController();
/** One Ctrl-C may come twice: from the terminal and passed on by npm. */
const sameWishMs = 500;
let askedMs = 0;
/** The first time in order, the second time without waiting for the rest. */
const wantOut = () => {
  if (!quit.signal.aborted) {
    askedMs = performance.now();
    quit.abort();
  } else if (performance.now() - askedMs > sameWishMs) hurry.abort();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, wantOut);

let acts: Acts | null = null;
const onKey = (key: string) => {
  if (key === 'c') acts?.cut();
  else if (key === 'r') acts?.restore();
  else if (key === 'k') acts?.kill();
  else if (key === '\x1b[A') acts?.choose(-1);
  else if (key === '\x1b[B') acts?.choose(1);
  else if (key === 'q' || key === '\x03') wantOut();
};

const { stdout, stdin } = process;
const face =
  stdout.isTTY && process.env.TERM !== 'dumb'
    ? createTerminalFace(stdout, stdin.isTTY ? stdin : null, onKey)
    : createPlainFace(console.log);

try {
  const ending = await runSite(options, face, { quit: quit.signal, hurry: hurry.signal }, (opened) => {
    acts = opened;
    if (options.seconds !== null) setTimeout(() => quit.abort(), options.seconds * 1000).unref();
  });
  console.log(endingLines(ending, options.folder).join('\n'));
  process.exitCode = ending.kind === 'stopped' && ending.comparison.differences.length > 0 ? 1 : 0;
} catch (error) {
  console.error(describeError(error));
  process.exitCode = exitCodeOf(error);
}
// Idle keep-alive connections are all that is left.
process.exit();
