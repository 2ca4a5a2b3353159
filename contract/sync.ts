// The headers of the frames by which the two logs keep each other's position.
import * as z from 'zod';
import { Sha256Hex, Text, Uuid } from './id.ts';
import { limits } from './limits.ts';

export const protocolVersion = 1;

const Position = z.int().min(0);

/** Up: where the appliance stands. Sent after every connect, and whenever it has lost the thread. */
export const Hello = z.strictObject({
  /** Echoed in the welcome, so that a late one is not taken for the answer. */
  helloId: Uuid,
  versions: z.array(z.int().min(1)).min(1).max(16),
  journalId: Uuid,
  lastSeq: Position,
  lastHash: Sha256Hex,
  /** The feed the appliance follows; null before the first. */
  feedId: Uuid.nullable(),
  appliedThrough: Position,
  release: Text(64),
  bootId: Uuid,
  wallMs: z.int(),
  /** The appliance's certificate (DER, base64): its key signs every frame upwards. */
  certificate: z.base64().max(8192),
});
export type Hello = z.infer<typeof Hello>;

/** Down: central's statement that a journal is durable through `receivedThrough`. Sent after the commit, never before. */
export const Receipt = z.strictObject({
  journalId: Uuid,
  receivedThrough: Position,
  /** The chain hash at receivedThrough. */
  hash: Sha256Hex,
  issuedAtMs: z.int(),
});
export type Receipt = z.infer<typeof Receipt>;

export const RefusalCode = z.enum(['protocol_unsupported', 'history_diverged', 'certificate_refused']);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** Down: the answer to a hello. */
export const Welcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('welcome'),
    helloId: Uuid,
    version: z.literal(protocolVersion),
    /** Where central stands with the journal of the hello: position 0 and the genesis hash when it knows none of it. */
    receipt: Receipt,
    feedId: Uuid,
    feedHead: Position,
    centralMs: z.int(),
    /** Frames that may be on their way without a receipt. */
    windowFrames: z.int().min(1).max(limits.windowFramesMax),
    /** Entries a second the appliance may send, so that a fleet coming back at once does no harm. */
    entriesPerSecondMax: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal('refusal'),
    helloId: Uuid,
    code: RefusalCode,
    hint: z.string().max(400),
    /** With `history_diverged`: what central has of the journal, which may be more than the appliance has of it. */
    receipt: Receipt.optional(),
  }),
]);
export type Welcome = z.infer<typeof Welcome>;

/** Up, zstd: a run of raw entries. */
export const EntriesHeader = z.strictObject({
  journalId: Uuid,
  firstSeq: z.int().min(1),
  count: z.int().min(1).max(limits.frameItemsMax),
  previousHash: Sha256Hex,
  lastHash: Sha256Hex,
  /** W3C trace context of the sending. */
  traceparent: z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/),
});
export type EntriesHeader = z.infer<typeof EntriesHeader>;

/** Down, zstd: a run of feed items. */
export const FeedHeader = z.strictObject({
  feedId: Uuid,
  firstPosition: z.int().min(1),
  count: z.int().min(1).max(limits.frameItemsMax),
  /** SHA-256 of the items, each followed by a newline. */
  digest: Sha256Hex,
});
export type FeedHeader = z.infer<typeof FeedHeader>;

/** Up: how far the feed has been applied, durably. */
export const Applied = z.strictObject({ feedId: Uuid, appliedThrough: Position });
export type Applied = z.infer<typeof Applied>;

/**
 * Up, by the broker: the connection broke off without a word (MQTT 3.1.1 §3.1.2.5, the will). Signed when it was dialled; whatever is
 * heard of the box afterwards proves more.
 */
export const Gone = z.strictObject({ dialledMs: z.int().min(0) });
export type Gone = z.infer<typeof Gone>;

/** Up: an orderly stop. */
export const Bye = z.strictObject({ journalId: Uuid, lastSeq: Position });
export type Bye = z.infer<typeof Bye>;
