// The newest synthetic checkout of a box as it said itself, failed ones too: what a rollout goes by.
import type { Reports } from '../fleet/port.ts';

/** `atMs` is by central's clock: the box says how long ago it was, by a clock that may be off by anything. */
export function newestSynthetic(
  reports: Pick<Reports, 'of'>,
  applianceId: string,
): { passed: boolean; atMs: number } | null {
  const heard = reports.of(applianceId);
  const newest = heard?.report.synthetic;
  if (!heard || !newest) return null;
  const ageMs = Math.max(0, heard.report.at.wallMs - newest.atMs);
  return { passed: newest.kind !== 'failed', atMs: heard.heardMs - ageMs };
}
