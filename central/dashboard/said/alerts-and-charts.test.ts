import { expect, it } from 'vitest';
import type { Alert } from '../../alerts/words.ts';
import { causeWords, inTurn, subjectWords } from './alert-words.ts';
import { bandsOf, charts, chartWords, plotted } from './charts.ts';

const nowMs = 1_795_341_600_000;
const alert = (number: number, change: Partial<Alert> = {}): Alert => ({
  ...{ number, rule: 'silent', subject: 'appliance leeds-1', site: 'leeds', severity: 'critical' },
  ...{ words: '', state: 'open', openedMs: nowMs + number, snoozedUntilMs: null, escalatedMs: null },
  ...{ clearedMs: null, members: ['leeds-1'], membersCount: 1 },
  ...change,
});

it('begins with what nobody has and is worst, and ends with what somebody has', () => {
  const alerts = [
    alert(1, { state: 'acknowledged' }),
    alert(2, { severity: 'warning' }),
    alert(3, { snoozedUntilMs: nowMs + 1 }),
    alert(4),
    alert(5),
    alert(6, { snoozedUntilMs: nowMs - 1 }),
  ];
  expect(inTurn(alerts, nowMs).map(({ number }) => number)).toEqual([6, 5, 4, 2, 3, 1]);
});

it('names the cause and whom it is about', () => {
  expect(causeWords('condition:stock_low')).toBe('Stock low');
  expect(subjectWords(alert(1))).toBe('leeds-1');
  expect(subjectWords(alert(1, { subject: 'site Leeds, Briggate', membersCount: 3 }))).toBe(
    'Leeds, Briggate, 3 boxes',
  );
});

it('draws no line over a time in which nothing was heard', () => {
  const points = [0, 30, 60, 600, 630].map((second) => ({ atMs: second * 1000, min: 1, max: second }));
  expect(plotted(points, 'max', 30)).toEqual({
    seconds: [0, 30, 60, 90, 600, 630],
    values: [0, 30, 60, null, 600, 630],
  });
  expect(plotted(points, 'min', 600).values).toEqual([1, 1, 1, 1, 1]);
});

it('says a chart in words, in the money of the box', () => {
  const [exposure] = charts;
  if (!exposure) throw new Error('there are charts');
  expect(chartWords(exposure, [100, null, 250], 'GBP')).toBe('Exposure: now £2.50, least £1.00, most £2.50');
  expect(chartWords(exposure, [null], 'GBP')).toBe('Exposure: nothing was heard in that time');
});

it('has a band for each time without a link, which may not be over', () => {
  const event = { code: '', sinceMs: 10, untilMs: null };
  const events = [
    { ...event, kind: 'outage' as const },
    { ...event, kind: 'condition' as const },
    { ...event, kind: 'silence' as const, untilMs: 20 },
  ];
  expect(bandsOf(events, 99)).toEqual([
    { fromMs: 10, untilMs: 99 },
    { fromMs: 10, untilMs: 20 },
  ]);
});
