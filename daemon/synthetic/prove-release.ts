// A release on trial proves that it sells: by a synthetic checkout, the way of every checkout.
import type { Synthetics } from './runner.ts';

/** After a start the link has just come up, and central may have others to serve first. */
const withinMs = 30_000;

/** Null: there is nothing to make one of, which is no fault of the release. */
export async function proveBySynthetic(
  synthetics: Pick<Synthetics, 'run'>,
): Promise<'passed' | 'failed' | null> {
  const { kind, failure } = await synthetics.run('release', withinMs);
  if (failure === 'nothing_to_sell') return null;
  return kind === 'failed' ? 'failed' : 'passed';
}
