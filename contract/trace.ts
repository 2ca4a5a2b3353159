// Which trace a document belongs to (W3C Trace Context). Its own id is one: 128 bits, of which a UUIDv7 has the last seven bytes
// at random, as the standard asks. So a trace costs no byte on the wire, and what was sold before there were any has one too.
import * as z from 'zod';

/** 32 hex digits, not all zero. */
export const TraceId = z.string().regex(/^(?!0{32})[0-9a-f]{32}$/);

/** The one its kiosk named, else its own id. */
export function traceIdOf({ id, traceId }: { id: string; traceId?: string | undefined }): string {
  return traceId ?? id.replaceAll('-', '');
}
