// The text that Prometheus reads, to the letter; a real one reads it in docs/operations/monitoring/monitoring.test.ts.
import { expect, it } from 'vitest';
import { counter, gauge, histogram, prometheusText } from './prometheus.ts';

it('says each family once, with its samples, and leaves out what is not known', () => {
  const text = prometheusText([
    gauge('a_bytes', 'An a.', { value: 3 }, { labels: { of: 'b"\\\n' }, value: 0.5 }),
    gauge('unknown', 'Not there.', { value: null }),
    counter('c_total', 'A\nc.', { value: 7 }),
  ]);
  expect(text).toBe(
    '# HELP a_bytes An a.\n# TYPE a_bytes gauge\na_bytes 3\na_bytes{of="b\\"\\\\\\n"} 0.5\n' +
      '# HELP c_total A\\nc.\n# TYPE c_total counter\nc_total 7\n',
  );
});

it('adds up the counts of a histogram, as its buckets are of what lies below', () => {
  const text = prometheusText([
    histogram('d_seconds', 'A d.', { bounds: [0.1, 1], counts: [2, 3, 1], sum: 4 }),
  ]);
  expect(text.split('\n').slice(2)).toEqual([
    'd_seconds_bucket{le="0.1"} 2',
    'd_seconds_bucket{le="1"} 5',
    'd_seconds_bucket{le="+Inf"} 6',
    'd_seconds_sum 4',
    'd_seconds_count 6',
    '',
  ]);
});

it('refuses a counter that is not named as one', () => {
  expect(() => counter('c', 'A c.', { value: 1 })).toThrow();
});
