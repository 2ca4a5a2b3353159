// How a certificate of 90 days stands, as a table.
import { describe, expect, it } from 'vitest';
import { certificateConditions, certificateView } from './certificate-view.ts';

const dayMs = 86_400_000;
const facts = (day: number, more: object = {}) => ({
  nowMs: day * dayMs,
  notBeforeMs: 0,
  notAfterMs: 90 * dayMs,
  refused: null,
  fellBackSinceMs: null,
  ...more,
});

describe('a certificate of 90 days', () => {
  it.each<[number, object, number, [string, number][]]>([
    [0, {}, 90, []],
    [66.5, {}, 23, []],
    [67.5, {}, 22, [['certificate_expiring', 67.5]]],
    [89.5, {}, 0, [['certificate_expiring', 67.5]]],
    [90, {}, 0, [['certificate_expired', 90]]],
    [150, {}, -60, [['certificate_expired', 90]]],
    [10, { refused: { words: 'stolen', sinceMs: 9 * dayMs } }, 80, [['certificate_refused', 9]]],
    [91, { refused: { words: 'it has run out', sinceMs: 90 * dayMs } }, -1, [['certificate_expired', 90]]],
    [10, { fellBackSinceMs: 3 * dayMs }, 80, [['certificate_fell_back', 3]]],
  ])('on day %d, with %o, has %i days left', (day, more, daysLeft, conditions) => {
    expect(certificateView(facts(day, more))?.daysLeft).toBe(daysLeft);
    expect(
      certificateConditions(facts(day, more)).map(({ code, sinceMs }) => [code, sinceMs / dayMs]),
    ).toEqual(conditions);
  });

  it('refused by central is shown with central’s words', () => {
    const [condition] = certificateConditions(
      facts(1, { refused: { words: 'retired on 3 May', sinceMs: 0 } }),
    );
    expect(condition?.hint).toContain('retired on 3 May');
  });
});
