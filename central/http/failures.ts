// What is said of a request that failed: ours to look at, unless whoever asked has left before it was answered.
import type { Log } from '../../kit/log.ts';

/** Of a connection that its other end closed: the page was shut, or led on to another one. */
const leftBy: ReadonlySet<string | undefined> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

export function logFailure(log: Log, error: Error, fields: { path?: string } = {}): void {
  const { message, code } = error as NodeJS.ErrnoException;
  if (leftBy.has(code)) log.debug({ ...fields, error: message }, 'whoever asked has left');
  else log.error({ ...fields, error: message }, 'request failed');
}
