// Frames as they leave and arrive: signed with the appliance's key upwards, checked against central's downwards.
import { hash, type KeyObject } from 'node:crypto';
import { FeedItem } from '../../contract/feed.ts';
import {
  decodeFrame,
  encodeFrame,
  type FrameName,
  type RawFrame,
  signingInput,
} from '../../contract/frame.ts';
import type { HealthHeader } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import { type EntriesHeader, FeedHeader, Receipt, Welcome } from '../../contract/sync.ts';
import type { UpFrame } from '../../contract/topics.ts';
import { sign, verify } from '../../kit/signature.ts';
import { compress, decompress } from '../../kit/zstd.ts';
import type { EntryRun } from '../store/commands.ts';

/** What tells a frame of central's for this appliance. */
export interface CentralKeys {
  applianceId: string;
  centralSigningKeys: readonly KeyObject[];
}

export interface EnvelopeKeys extends CentralKeys {
  key: KeyObject;
}

export interface Envelope {
  seal(name: Exclude<UpFrame, 'entries' | 'health'>, header: object): Buffer;
  sealEntries(run: EntryRun, traceparent: string): Promise<Buffer>;
  sealReports(reports: readonly Buffer[]): Promise<Buffer>;
  /** Null when the payload is not what it says, or not from central. */
  openWelcome(payload: Buffer): Welcome | null;
  openReceipt(payload: Buffer): Receipt | null;
  openFeed(payload: Buffer): Promise<OpenedFeed | null>;
}

export interface OpenedFeed {
  feedId: string;
  firstPosition: number;
  /** As they came; readFeedItem() makes each of them out. */
  items: Buffer[];
}

/** Null for an item that this release cannot read. */
export function readFeedItem(bytes: Buffer): FeedItem | null {
  const parsed = FeedItem.safeParse(parseJson(bytes.toString()));
  return parsed.success ? parsed.data : null;
}

/** Raw bytes of a frame may pass the limit by one item's and the header's length. */
const rawBytesMax = limits.frameRawBytesMax + limits.feedItemBytesMax + 4096;

export function createEnvelope({ applianceId, key, centralSigningKeys }: EnvelopeKeys): Envelope {
  const seal = (name: UpFrame, header: object, items: readonly Uint8Array[]) =>
    encodeFrame(name, applianceId, header, items, (input) => sign(key, input));

  const central: CentralKeys = { applianceId, centralSigningKeys };

  return {
    seal: (name, header) => seal(name, header, []),
    sealEntries(run, traceparent) {
      const { journalId, firstSeq, lastSeq, previousHash, lastHash, lines } = run;
      const count = lastSeq - firstSeq + 1;
      const header: EntriesHeader = { journalId, firstSeq, count, previousHash, lastHash, traceparent };
      return compress(seal('entries', header, [lines]));
    },
    sealReports(reports) {
      const header: HealthHeader = { count: reports.length, digest: digestOf(reports) };
      return compress(seal('health', header, reports));
    },
    openWelcome: (payload) => headerOf(openFrame(central, 'welcome', payload), Welcome),
    openReceipt: (payload) => headerOf(openFrame(central, 'receipt', payload), Receipt),
    openFeed: (payload) => openFeedFrame(central, payload),
  };
}

/** Null when the payload is no part of this appliance's feed, or not from central. */
export async function openFeedFrame(central: CentralKeys, payload: Buffer): Promise<OpenedFeed | null> {
  const bytes = await decompress(payload, rawBytesMax);
  const frame = bytes && openFrame(central, 'feed', bytes);
  const header = headerOf(frame, FeedHeader);
  if (!frame || !header || header.count !== frame.items.length) return null;
  if (digestOf(frame.items) !== header.digest) return null;
  return { feedId: header.feedId, firstPosition: header.firstPosition, items: frame.items };
}

/** The frame, if central signed it for this appliance under this name. */
function openFrame(
  { applianceId, centralSigningKeys }: CentralKeys,
  name: FrameName,
  bytes: Buffer,
): RawFrame | null {
  const frame = decodeFrame(bytes);
  if (!frame) return null;
  const input = signingInput(name, applianceId, frame.headerText);
  return verify(centralSigningKeys, input, frame.signature) ? frame : null;
}

interface HeaderSchema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

function headerOf<T>(frame: RawFrame | null, schema: HeaderSchema<T>): T | null {
  const parsed = frame && schema.safeParse(parseJson(frame.headerText));
  return parsed?.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** SHA-256 over the items, each followed by a newline. */
function digestOf(items: readonly Buffer[]): string {
  const newline = Buffer.from('\n');
  return hash('sha256', Buffer.concat(items.flatMap((item) => [item, newline])));
}
