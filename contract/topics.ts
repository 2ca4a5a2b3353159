// The MQTT topics: holdfast/v1/{appliance}/{up|down}/{frame}. build and parse are inverses.
import { ApplianceId } from './id.ts';

export const upFrames = ['hello', 'entries', 'applied', 'health', 'bye', 'gone'] as const;
export const downFrames = ['welcome', 'receipt', 'feed'] as const;
export type UpFrame = (typeof upFrames)[number];
export type DownFrame = (typeof downFrames)[number];

export type Topic =
  | { applianceId: string; direction: 'up'; frame: UpFrame }
  | { applianceId: string; direction: 'down'; frame: DownFrame };

const prefix = 'holdfast/v1';

export function buildTopic(topic: Topic): string {
  return `${prefix}/${topic.applianceId}/${topic.direction}/${topic.frame}`;
}

/** The topic a text names, or null when it is none of ours. */
export function parseTopic(text: string): Topic | null {
  const [root, version, applianceId, direction, frame, ...rest] = text.split('/');
  if (`${root}/${version}` !== prefix || rest.length > 0 || frame === undefined) return null;
  if (!ApplianceId.safeParse(applianceId).success || applianceId === undefined) return null;
  if (direction === 'up') {
    const up = upFrames.find((name) => name === frame);
    return up ? { applianceId, direction, frame: up } : null;
  }
  if (direction === 'down') {
    const down = downFrames.find((name) => name === frame);
    return down ? { applianceId, direction, frame: down } : null;
  }
  return null;
}

/** What an appliance subscribes to. */
export function downFilter(applianceId: string): string {
  return `${prefix}/${applianceId}/down/+`;
}

/** What central subscribes to. */
export const upFilter = `${prefix}/+/up/+`;
