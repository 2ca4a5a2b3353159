import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApplianceId } from './id.ts';
import { buildTopic, downFilter, downFrames, parseTopic, type Topic, upFilter, upFrames } from './topics.ts';

const applianceIds = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const topics: fc.Arbitrary<Topic> = fc.oneof(
  fc.record({
    applianceId: applianceIds,
    direction: fc.constant('up' as const),
    frame: fc.constantFrom(...upFrames),
  }),
  fc.record({
    applianceId: applianceIds,
    direction: fc.constant('down' as const),
    frame: fc.constantFrom(...downFrames),
  }),
);

describe('topics', () => {
  it('parse to what they were built of', () => {
    fc.assert(
      fc.property(topics, (topic) => {
        expect(parseTopic(buildTopic(topic))).toEqual(topic);
      }),
    );
  });

  it('are the only texts that parse: any other text that does is built the same again', () => {
    const levels = fc.constantFrom(
      'holdfast',
      'v1',
      'shop-1',
      'up',
      'down',
      'hello',
      'feed',
      '+',
      '#',
      '',
      'x',
    );
    const near = fc.array(levels, { maxLength: 7 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const topic = parseTopic(text);
        if (topic) expect(buildTopic(topic)).toBe(text);
      }),
    );
  });

  it.each([
    'holdfast/v1/shop-1/up/welcome',
    'holdfast/v1/shop-1/down/hello',
    'holdfast/v2/shop-1/up/hello',
    'holdfast/v1/shop-1/up/hello/',
    '/holdfast/v1/shop-1/up/hello',
    'holdfast/v1/Shop-1/up/hello',
    'holdfast/v1/-shop/up/hello',
    'holdfast/v1/+/up/hello',
    'holdfast/v1/shop-1/up',
    'holdfast/v1/shop-1/up/constructor',
    '$SYS/broker/uptime',
    '',
  ])('does not take %o for a topic', (text) => expect(parseTopic(text)).toBeNull());

  it('are covered by the filters of their direction, and by no other', () => {
    fc.assert(
      fc.property(topics, (topic) => {
        const text = buildTopic(topic);
        expect(matches(upFilter, text)).toBe(topic.direction === 'up');
        expect(matches(downFilter(topic.applianceId), text)).toBe(topic.direction === 'down');
        expect(matches(downFilter('another'), text)).toBe(false);
      }),
    );
  });

  it('hold an appliance id as one level', () => {
    for (const id of ['a/b', 'a+', '#', '', 'a'.repeat(64), 'ä', 'a\n']) {
      expect(ApplianceId.safeParse(id).success).toBe(false);
    }
  });
});

/** MQTT 3.1.1 §4.7.1, for filters with + alone. */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((part, i) => part === '+' || part === levels[i]);
}
