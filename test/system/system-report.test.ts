// The judge of what a box says of its system: it lets a good one pass, and names each thing that is not so.
import { expect, it } from 'vitest';
import { judgeReport } from './system-report.ts';

const good = `image: holdfast 0.1.0
system: running
failed:
service: active, started 1 times, watchdog 1min
root: ro, touch: cannot touch '/usr/lib/holdfast/written': Read-only file system
data: rw, 900M free
listening: 0.0.0.0:443 127.0.0.1:8080`;
const judge = (text: string) => judgeReport(text, () => {});

it('lets a system pass that came up whole', () => {
  expect(judge(good)).toEqual([]);
});

it.each([
  ['system: running', 'system: degraded'],
  ['failed:', 'failed: chrony.service'],
  ['active, started', 'activating, started'],
  ['watchdog 1min', 'watchdog 0'],
  ["root: ro, touch: cannot touch '/usr/lib/holdfast/written': Read-only file system", 'root: rw,'],
  ['127.0.0.1:8080', '127.0.0.1:8080 0.0.0.0:22'],
  ['0.0.0.0:443 ', ''],
  ['data: rw', 'data: ro'],
])('names what is not as it must be: %s', (right, wrong) => {
  expect(judge(good.replace(right, wrong))).toHaveLength(1);
});

it('takes no silence for an answer', () => {
  expect(judge('')).toHaveLength(6);
});
