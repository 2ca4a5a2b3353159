// What is tidied up beside selling, in bounded pieces within the batches that come anyway.
import type { Catalogue } from './catalogue.ts';
import type { RiskTotals } from './risk-totals.ts';
import type { SiteTime } from './site-time.ts';
import type { Stock } from './stock.ts';

const sweepMs = 1000;

/** A function to call in each transaction that sells, before anything is judged. */
export function createHousekeeping(parts: {
  catalogue: Catalogue;
  riskTotals: RiskTotals;
  siteTime: SiteTime;
  stock: Stock;
}): () => void {
  const { catalogue, riskTotals, siteTime, stock } = parts;
  let sweptMs = Number.NEGATIVE_INFINITY;
  return () => {
    const now = siteTime.elapsedMs();
    stock.expire(now);
    if (now - sweptMs < sweepMs) return;
    sweptMs = now;
    riskTotals.sweep(now);
    catalogue.sweep();
  };
}
