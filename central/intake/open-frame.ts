// A payload from the wire, judged: shape and signature. Nothing of it is believed before this said yes.
import type { KeyObject } from 'node:crypto';
import { decodeFrame, signingInput } from '../../contract/frame.ts';
import type { UpFrame } from '../../contract/topics.ts';
import { verify } from '../../kit/signature.ts';

export type OpenedFrame =
  | { kind: 'opened'; header: unknown; items: Buffer[] }
  | { kind: 'ignored'; reason: 'frame_malformed' | 'signature_wrong' };

/** The header as it stands before any signature was checked: a hello names the key that is to check it. */
export function peekHeader(frame: Buffer): unknown {
  const raw = decodeFrame(frame);
  return raw === null ? null : parseJson(raw.headerText);
}

/** Takes the frame apart and checks that the holder of the key signed this header for this topic. */
export function openFrame(
  name: UpFrame,
  applianceId: string,
  frame: Buffer,
  publicKey: KeyObject,
): OpenedFrame {
  const raw = decodeFrame(frame);
  if (raw === null) return { kind: 'ignored', reason: 'frame_malformed' };
  const input = signingInput(name, applianceId, raw.headerText);
  if (!verify([publicKey], input, raw.signature)) return { kind: 'ignored', reason: 'signature_wrong' };
  return { kind: 'opened', header: parseJson(raw.headerText), items: raw.items };
}

/** null for what is no JSON: no header is null, so the schema refuses it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
