// W3C Trace Context: which trace a message belongs to.
import { randomBytes } from 'node:crypto';

/** A new trace (§3.2). */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
