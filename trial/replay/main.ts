// `npm run replay`: recorded days sold through a real site, journal and ledger compared entry by entry.
import { describeError, exitCodeOf } from '../error.ts';
import { readReplayOptions } from './options.ts';
import { replay } from './replay.ts';
import { progressLine, reportJson, reportLines } from './report.ts';

const options = readReplayOptions(process.argv.slice(2));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}

const { stderr } = process;
let shownMs = 0;
const clearBar = () => {
  if (stderr.isTTY) stderr.write('\r\x1b[K');
};

try {
  const result = await replay(
    options,
    (progress) => {
      if (!stderr.isTTY || performance.now() - shownMs < 50) return;
      shownMs = performance.now();
      stderr.write(`\r\x1b[K${progressLine(progress, stderr.columns || 80)}`);
    },
    interrupted.signal,
  );
  clearBar();
  console.log(reportLines(result).join('\n'));
  if (options.json) console.log(reportJson(result));
  process.exitCode = result.balanced ? 0 : 1;
} catch (error) {
  clearBar();
  console.error(interrupted.signal.aborted ? 'replay: stopped' : describeError(error));
  process.exitCode = interrupted.signal.aborted ? 130 : exitCodeOf(error);
}
