// What central says to an appliance: each frame signed with central's Ed25519 key, so that it holds through any broker.
import { createHash, type KeyObject } from 'node:crypto';
import { encodeFrame } from '../../contract/frame.ts';
import type { FeedHeader, Receipt, Welcome } from '../../contract/sync.ts';
import { buildTopic, type DownFrame } from '../../contract/topics.ts';
import { sign } from '../../kit/signature.ts';
import { compress } from '../../kit/zstd.ts';
import type { FeedPage } from '../ledger/port.ts';

export interface Answers {
  welcome(applianceId: string, welcome: Welcome): boolean;
  receipt(applianceId: string, receipt: Receipt): boolean;
  /** Compresses on the thread pool; false when there is no link. */
  feed(applianceId: string, page: FeedPage): Promise<boolean>;
}

export function createAnswers(
  signingKey: KeyObject,
  publish: (topic: string, payload: Uint8Array) => boolean,
): Answers {
  const encode = (name: DownFrame, applianceId: string, header: object, items: readonly Uint8Array[] = []) =>
    encodeFrame(name, applianceId, header, items, (input) => sign(signingKey, input));
  const topicOf = (frame: DownFrame, applianceId: string) =>
    buildTopic({ applianceId, direction: 'down', frame });

  return {
    welcome: (applianceId, welcome) =>
      publish(topicOf('welcome', applianceId), encode('welcome', applianceId, welcome)),
    receipt: (applianceId, receipt) =>
      publish(topicOf('receipt', applianceId), encode('receipt', applianceId, receipt)),
    async feed(applianceId, page) {
      return publish(topicOf('feed', applianceId), await feedFrame(signingKey, applianceId, page));
    },
  };
}

/** The payload that carries a page of its feed to an appliance; compressed on the thread pool. */
export function feedFrame(
  signingKey: KeyObject,
  applianceId: string,
  { feedId, firstPosition, items }: FeedPage,
): Promise<Buffer> {
  const digest = createHash('sha256');
  for (const item of items) digest.update(item).update('\n');
  const header: FeedHeader = { feedId, firstPosition, count: items.length, digest: digest.digest('hex') };
  return compress(encodeFrame('feed', applianceId, header, items, (input) => sign(signingKey, input)));
}
