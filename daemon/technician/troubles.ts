// The newest lines of the log that warn, or of errors: a bounded number in memory, without secrets, for whoever stands before
// the box with a phone and no terminal.
import type { Trouble } from '../../contract/technician-api.ts';
import type { LeveledLog } from '../../kit/log.ts';
import { redact } from '../commands/redact.ts';

const troublesMax = 30;
const messageCharsMax = 200;
const detailCharsMax = 400;
/** Of what is looked through for secrets: a line may be as long as what broke. */
const searchedCharsMax = 4000;

/** Conditions', problems' and the system's own codes; nothing in the shape of a pairing code. */
const codeShape =
  /^(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]{3,30}|E[A-Z]{3,20}|(?:ERR|CERT|SQLITE)_[A-Z0-9_]{2,40})$/;

/** @returns a log to use in its place, and what it has kept, the newest first */
export function keepTroubles(
  log: LeveledLog,
  nowMs: () => number,
): { log: LeveledLog; troubles: () => Trouble[] } {
  const kept: Trouble[] = [];
  const keep = (level: Trouble['level'], fields: object, message: string) => {
    const { code, ...rest } = fields as { code?: unknown };
    const one = {
      level,
      message: redact(message).slice(0, messageCharsMax),
      code: typeof code === 'string' && codeShape.test(code) ? code : null,
      detail: detailOf(rest),
    };
    const at = kept.findIndex((other) => other.message === one.message && other.code === one.code);
    const [before] = at === -1 ? [] : kept.splice(at, 1);
    kept.unshift({ atMs: nowMs(), ...one, times: (before?.times ?? 0) + 1 });
    if (kept.length > troublesMax) kept.pop();
  };
  return {
    log: {
      debug: (fields, message) => log.debug(fields, message),
      info: (fields, message) => log.info(fields, message),
      warn(fields, message) {
        log.warn(fields, message);
        keep('warn', fields, message);
      },
      error(fields, message) {
        log.error(fields, message);
        keep('error', fields, message);
      },
      get level() {
        return log.level;
      },
      set level(level) {
        log.level = level;
      },
    },
    troubles: () => [...kept],
  };
}

/** Redacted before it is cut: half of a token has no longer its shape. */
function detailOf(fields: object): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const text = redact(parts.join(', ').slice(0, searchedCharsMax));
  return text.length > detailCharsMax ? `${text.slice(0, detailCharsMax)}…` : text;
}
