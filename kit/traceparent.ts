// W3C Trace Context: which trace a message belongs to. https://www.w3.org/TR/trace-context-2/
import { hash, randomBytes } from 'node:crypto';

export interface TraceParent {
  /** 32 hex digits, not all zero. */
  traceId: string;
  /** 16 hex digits, not all zero: the span that the sender was in. */
  parentId: string;
}

/** A new trace (§3.2). */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${newSpanId()}-01`;
}

export function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

/**
 * What a header says; null where it says nothing that can be used. A later version may have more at its end (§3.2.4). Whether it
 * was sampled is not asked: what is exported is the configuration's to say.
 */
export function parseTraceparent(header: string): TraceParent | null {
  const found =
    /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/.exec(header);
  if (!found) return null;
  const [, version, traceId = '', parentId = '', more] = found;
  return version === '00' && more !== undefined ? null : { traceId, parentId };
}

/** The id of the one span of that name in a trace: whoever knows the trace names it alike, and a repetition is no second span. */
export function spanIdOf(traceId: string, name: string): string {
  return hash('sha256', `${traceId} ${name}`).slice(0, 16);
}
