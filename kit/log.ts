// Structured logs: one JSON object a line on stdout. Payment tokens and bodies never reach a log call.
import { pino } from 'pino';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log whose level may change while it is used. */
export interface LeveledLog extends Log {
  level: string;
}

/** The program's log; `level` is one of pino's (debug, info, warn, error, silent). */
export function createLog(program: string, level: string): LeveledLog {
  return pino({
    level,
    base: { program },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** Drops everything: for tests that look elsewhere. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
