// The way up: hello, entries, applied, health, bye, and the broker's word that a connection broke off. Nothing is answered before the store has it on its disk.
import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { limits } from '../../contract/limits.ts';
import { Applied, Bye, Gone, protocolVersion, type Receipt, type RefusalCode } from '../../contract/sync.ts';
import { parseTopic, type UpFrame } from '../../contract/topics.ts';
import { unreachable } from '../../kit/assert.ts';
import type { Log } from '../../kit/log.ts';
import type { Authorities } from '../../provisioning/authority/check.ts';
import type { CloneWatch } from '../enrolment/clone-watch.ts';
import type { DenyList } from '../enrolment/deny-list.ts';
import type { FeedSender } from '../feed/sender.ts';
import { readReports } from '../fleet/health-frame.ts';
import type { HealthTaker } from '../fleet/port.ts';
import type { LedgerPort, ReceivedPosition } from '../ledger/port.ts';
import type { Answers } from './answers.ts';
import { judgeHello } from './hello.ts';
import { createLoad } from './load.ts';
import { openFrame } from './open-frame.ts';
import { createReceipts } from './receipts.ts';

export interface IntakeParts {
  store: LedgerPort;
  answers: Answers;
  feed: FeedSender;
  /** As they are when somebody says hello: they may change while central runs. */
  authorities(): Authorities;
  /** Who is no longer let in: asked here too, for behind another broker this is the only door of ours. */
  denied: DenyList;
  /** Who hears of every hello that was accepted. */
  clones: CloneWatch;
  /** Who hears how appliances are. */
  fleet: HealthTaker;
  /** Frames on their way without a receipt, for each appliance. */
  windowFrames: number;
  entriesPerSecondMax: number;
  nowMs(): number;
  log: Log;
}

export interface Intake {
  /** Takes one payload; resolves when the next may come, which is before its entries are durable. */
  onPayload(topic: string, payload: Buffer): Promise<void>;
  /** Resolves when everything taken has been answered. */
  idle(): Promise<void>;
  /** Whether the last that was heard of it is that its connection ended. */
  isGone(applianceId: string): boolean;
  /** Frames that were dropped since the start: how many of each appliance and reason. */
  ignored(): IgnoredFrames[];
}

export interface IgnoredFrames {
  applianceId: string;
  frame: UpFrame;
  reason: string;
  times: number;
}

/** How many reports of each appliance were not believed. */
export function refusedReports(ignored: readonly IgnoredFrames[]): Map<string, number> {
  const refused = new Map<string, number>();
  for (const { applianceId, frame, times } of ignored) {
    if (frame === 'health') refused.set(applianceId, (refused.get(applianceId) ?? 0) + times);
  }
  return refused;
}

/** Bytes of payloads handed to the store and not yet answered: beyond it the broker has to wait. */
const waitingBytesMax = 64 * 1024 * 1024;

export function createIntake(parts: IntakeParts): Intake {
  const { store, answers, feed, log } = parts;
  const keys = new Map<string, KeyObject>();
  const lastHello = new Map<string, string>();
  const gone = new Set<string>();
  /** How many payloads came of each. */
  const words = new Map<string, number>();
  const ignored = new Map<string, IgnoredFrames>();
  const load = createLoad(waitingBytesMax);

  const ignore = (applianceId: string, frame: UpFrame, reason: string) => {
    const key = `${applianceId} ${frame} ${reason}`;
    const times = (ignored.get(key)?.times ?? 0) + 1;
    ignored.set(key, { applianceId, frame, reason, times });
    // The first, then ever more rarely: a box gone mad must not fill the log.
    if (Number.isInteger(Math.log2(times))) log.warn({ applianceId, frame, reason, times }, 'frame ignored');
  };

  const receiptOf = (position: ReceivedPosition): Receipt => ({ ...position, issuedAtMs: parts.nowMs() });

  const receipts = createReceipts((applianceId, position) =>
    answers.receipt(applianceId, receiptOf(position)),
  );

  const refuse = (
    applianceId: string,
    helloId: string,
    code: RefusalCode,
    reason: string,
    hint: string,
    receipt?: Receipt,
  ) => {
    log.warn({ applianceId, code, reason }, 'appliance refused');
    answers.welcome(applianceId, { kind: 'refusal', helloId, code, hint, ...(receipt && { receipt }) });
  };

  const refuseHistory = (applianceId: string, position: ReceivedPosition) => {
    const helloId = lastHello.get(applianceId) ?? randomUUID();
    const hint = `The journal ${position.journalId} differs from what was received through ${position.receivedThrough}; it was copied or restored. Begin a new journal.`;
    refuse(applianceId, helloId, 'history_diverged', 'history_diverged', hint, receiptOf(position));
  };

  async function hello(applianceId: string, payload: Buffer): Promise<void> {
    const nowMs = parts.nowMs();
    const judged = judgeHello(applianceId, payload, parts.authorities(), nowMs);
    switch (judged.kind) {
      case 'ignored':
        return ignore(applianceId, 'hello', judged.reason);
      case 'refused':
        return refuse(applianceId, judged.helloId, judged.code, judged.reason, judged.hint);
      case 'accepted':
        break;
      default:
        return unreachable(judged);
    }
    const { helloId, journalId, lastSeq, lastHash, feedId, appliedThrough, release, bootId } = judged.hello;
    const denial = parts.denied.judge(applianceId, judged.serial);
    if (denial !== null) {
      const hint = `The appliance or its certificate was shut out (${denial}). Ask those who run central.`;
      return refuse(applianceId, helloId, 'certificate_refused', denial, hint);
    }
    keys.set(applianceId, judged.publicKey);
    lastHello.set(applianceId, helloId);
    const publicKey = judged.publicKey.export({ format: 'der', type: 'spki' });
    const facts = {
      applianceId,
      publicKey,
      journalId,
      lastSeq,
      lastHash,
      feedId,
      appliedThrough,
      release,
      nowMs,
    };
    const result = await store.hello(facts);
    await parts.clones.noteHello({ applianceId, serial: judged.serial, bootId, journalId, lastSeq, nowMs });
    if (result.kind === 'diverged') return refuseHistory(applianceId, result.position);
    answers.welcome(applianceId, {
      kind: 'welcome',
      helloId,
      version: protocolVersion,
      receipt: receiptOf(result.position),
      feedId: result.feed.feedId,
      feedHead: result.feed.head,
      centralMs: parts.nowMs(),
      windowFrames: parts.windowFrames,
      entriesPerSecondMax: parts.entriesPerSecondMax,
    });
    feed.onHello(applianceId, result.feed);
  }

  async function entries(applianceId: string, payload: Buffer): Promise<void> {
    // why a copy: a slice of a pooled buffer would take the whole pool along to the other thread.
    const result = await store.receive({
      applianceId,
      payload: new Uint8Array(payload),
      nowMs: parts.nowMs(),
    });
    switch (result.kind) {
      case 'received':
      case 'repeated':
      case 'gap':
        return receipts.say(applianceId, result.position);
      case 'diverged':
        return refuseHistory(applianceId, result.position);
      case 'ignored':
        return ignore(applianceId, 'entries', result.reason);
      default:
        return unreachable(result);
    }
  }

  async function applied(applianceId: string, payload: Buffer): Promise<void> {
    const header = await openSigned('applied', applianceId, payload);
    if (header === null) return;
    const report = Applied.safeParse(header);
    if (!report.success) return ignore(applianceId, 'applied', 'frame_malformed');
    const position = await store.applied({ applianceId, ...report.data, nowMs: parts.nowMs() });
    if (position === null) return ignore(applianceId, 'applied', 'feed_unknown');
    feed.onApplied(applianceId, position);
  }

  async function health(applianceId: string, payload: Buffer): Promise<void> {
    const key = await keyOf(applianceId);
    if (key === null) return ignore(applianceId, 'health', 'appliance_unknown');
    const read = await readReports(applianceId, payload, key);
    if (read.kind === 'ignored') return ignore(applianceId, 'health', read.reason);
    for (const reason of parts.fleet.take(applianceId, read.reports, parts.nowMs())) {
      ignore(applianceId, 'health', reason);
    }
  }

  async function bye(applianceId: string, payload: Buffer): Promise<void> {
    if (!(await end('bye', Bye, applianceId, payload))) return;
    log.info({ applianceId }, 'appliance stops in order');
    feed.onBye(applianceId);
  }

  /** Its connection is over, in order or by the broker's word. */
  async function end(
    frame: 'bye' | 'gone',
    shape: typeof Bye | typeof Gone,
    applianceId: string,
    payload: Buffer,
  ): Promise<boolean> {
    const word = words.get(applianceId);
    const header = await openSigned(frame, applianceId, payload);
    if (header === null) return false;
    if (!shape.safeParse(header).success) {
      ignore(applianceId, frame, 'frame_malformed');
      return false;
    }
    // It may have come back while the signature was looked at.
    if (words.get(applianceId) === word) gone.add(applianceId);
    return true;
  }

  /** The header of a small frame, or null when it was ignored. */
  async function openSigned(frame: UpFrame, applianceId: string, payload: Buffer): Promise<unknown> {
    const key = await keyOf(applianceId);
    if (key === null) return ignoredNull(applianceId, frame, 'appliance_unknown');
    const opened = openFrame(frame, applianceId, payload, key);
    return opened.kind === 'opened' ? opened.header : ignoredNull(applianceId, frame, opened.reason);
  }

  const ignoredNull = (applianceId: string, frame: UpFrame, reason: string): null => {
    ignore(applianceId, frame, reason);
    return null;
  };

  /** After a start of central, an appliance behind another broker may go on without a new hello. */
  async function keyOf(applianceId: string): Promise<KeyObject | null> {
    const known = keys.get(applianceId);
    if (known) return known;
    const der = await store.publicKeyOf(applianceId);
    if (der === null) return null;
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    keys.set(applianceId, key);
    return key;
  }

  const frames: Record<UpFrame, (applianceId: string, payload: Buffer) => Promise<void>> = {
    hello,
    entries,
    applied,
    health,
    bye,
    async gone(applianceId, payload) {
      await end('gone', Gone, applianceId, payload);
    },
  };

  const handle = async (applianceId: string, frame: UpFrame, payload: Buffer): Promise<void> => {
    try {
      await frames[frame](applianceId, payload);
    } catch (error) {
      // No receipt: the appliance keeps its entries and sends them again.
      log.error({ applianceId, frame, error: (error as Error).message }, 'frame could not be handled');
    }
  };

  return {
    async onPayload(text, payload) {
      const topic = parseTopic(text);
      if (topic?.direction !== 'up') return;
      // A hello is answered with the reason.
      if (topic.frame !== 'hello' && parts.denied.judgeAppliance(topic.applianceId) !== null) {
        return ignore(topic.applianceId, topic.frame, 'appliance_denied');
      }
      if (payload.length > limits.frameWireBytesMax) {
        return ignore(topic.applianceId, topic.frame, 'frame_too_long');
      }
      gone.delete(topic.applianceId);
      words.set(topic.applianceId, (words.get(topic.applianceId) ?? 0) + 1);
      await load.carry(payload.length, handle(topic.applianceId, topic.frame, payload));
    },
    async idle() {
      await load.idle();
      // The receipts of the last commit are said in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    },
    isGone: (applianceId) => gone.has(applianceId),
    ignored: () => [...ignored.values()],
  };
}
