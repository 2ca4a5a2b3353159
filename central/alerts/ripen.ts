// What was bad for as long as its rule says may open an alert; until then it is only not good. Of each box by itself and before any
// are put together, so that neighbours that come and go put nothing off. Pure.
import type { Since } from './advance.ts';
import { ruleNamed } from './rules.ts';
import { alertKey, type Finding } from './words.ts';

/** @returns the findings with what they were for longer than their rule asks, and since when each is bad */
export function ripen(
  findings: readonly Finding[],
  since: Since,
  monotonicMs: number,
): { findings: Finding[]; since: Since } {
  const now = new Map<string, number>();
  const judged = findings.map((finding): Finding => {
    if (finding.level !== 'bad') return finding;
    const key = `bad ${alertKey(finding)}`;
    const fromMs = since.get(key) ?? monotonicMs;
    now.set(key, fromMs);
    const overMs = monotonicMs - fromMs - (ruleNamed(finding.rule)?.holdsMs ?? 0);
    return overMs < 0 ? { ...finding, level: 'fair' } : { ...finding, overMs };
  });
  return { findings: judged, since: now };
}
