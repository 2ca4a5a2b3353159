// One shape for every payload on the wire: a header line, a signature line, then raw items, one a line.
// The signature covers the frame's name, the appliance and the header line as it stands; nothing is canonicalised.
// A header commits to its items (entries by the chain hash, feed items by a digest), so the signature covers them too.
import { limits } from './limits.ts';
import type { DownFrame, UpFrame } from './topics.ts';

export type FrameName = UpFrame | DownFrame;

const newline = 0x0a;

export interface RawFrame {
  /** The header line as it was signed. */
  headerText: string;
  signature: Buffer;
  items: Buffer[];
}

/** The bytes a frame's signature covers. */
export function signingInput(name: FrameName, applianceId: string, headerText: string): Buffer {
  return Buffer.from(`holdfast/v1/${name}\n${applianceId}\n${headerText}`);
}

/**
 * The bytes of a frame. Items must hold no newline byte: JSON text escapes it.
 * @param sign makes the signature over signingInput()
 */
export function encodeFrame(
  name: FrameName,
  applianceId: string,
  header: object,
  items: readonly Uint8Array[],
  sign: (input: Buffer) => Buffer,
): Buffer {
  const headerText = JSON.stringify(header);
  const signature = sign(signingInput(name, applianceId, headerText)).toString('base64');
  const head = Buffer.from(`${headerText}\n${signature}\n`);
  let length = head.length;
  for (const item of items) length += item.length + 1;
  const frame = Buffer.allocUnsafe(length);
  let at = head.copy(frame);
  for (const item of items) {
    frame.set(item, at);
    at += item.length;
    frame[at++] = newline;
  }
  return frame;
}

/** Takes a frame apart without judging it; null when the bytes have not the shape of one. */
export function decodeFrame(bytes: Buffer): RawFrame | null {
  const headerEnd = bytes.indexOf(newline);
  const signatureEnd = bytes.indexOf(newline, headerEnd + 1);
  if (headerEnd < 0 || signatureEnd < 0) return null;
  const items: Buffer[] = [];
  for (let at = signatureEnd + 1; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at);
    if (end < 0 || items.length === limits.frameItemsMax) return null;
    items.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return {
    headerText: bytes.toString('utf8', 0, headerEnd),
    signature: Buffer.from(bytes.toString('latin1', headerEnd + 1, signatureEnd), 'base64'),
    items,
  };
}
