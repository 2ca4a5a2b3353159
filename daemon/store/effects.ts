// What a checkout takes that is approved or waits for central's word (room in the exposure, goods, room in the windows of
// its card and its kiosk) and gives back when it is voided, declined or refused; and what becomes of goods that it only
// reserved. All in the transaction that books it, so that nobody else can take the same (I12, I14).
import type { CheckoutEntry } from '../../contract/entry.ts';
import type { Policy } from '../../contract/policy.ts';
import { leftOf, type StandingLine } from '../checkout/standing.ts';
import type { DocumentRow } from './documents.ts';
import type { Positions } from './positions.ts';
import { cardKey, kioskKey, type RiskTotals } from './risk-totals.ts';
import type { Stock } from './stock.ts';

type Approved = Pick<CheckoutEntry, 'checkout' | 'judged' | 'kiosk' | 'goods'>;

export interface Effects {
  /** Takes what a checkout takes, at a moment of elapsed time; `exposedMinor` is 0 where only central may approve it. */
  take(id: Buffer, entry: Approved, exposedMinor: number, policy: Policy, nowMs: number): void;
  /** Gives back what the checkout of this row still holds. */
  giveBack(row: DocumentRow, entry: Approved, nowMs: number): void;
  /** Of the reserved goods no more is held than is left of the lines. */
  releaseBeyond(id: Buffer, lines: readonly StandingLine[]): void;
  /** What is left of the lines lies ready, and is held until it is handed over or given up. */
  pick(id: Buffer, lines: readonly StandingLine[]): void;
  /** What is left of the lines leaves the stock with the customer. */
  handOver(id: Buffer, lines: readonly StandingLine[]): void;
}

const minuteMs = 60_000;

export function createEffects(parts: {
  positions: Positions;
  stock: Stock;
  riskTotals: RiskTotals;
}): Effects {
  const { positions, stock, riskTotals } = parts;
  return {
    take(id, { checkout, judged = [], kiosk, goods }, exposedMinor, policy, nowMs) {
      const { totalMinor, payment } = checkout;
      if (exposedMinor > 0) positions.expose(exposedMinor);
      riskTotals.add(cardKey(payment.fingerprint), nowMs, totalMinor);
      riskTotals.add(kioskKey(kiosk), nowMs, totalMinor);
      const expiresMs = nowMs + policy.stock.reservationMinutesMax * minuteMs;
      for (const { sku, quantity } of judged) {
        if (goods === 'reserved') stock.reserve(id, sku, quantity, expiresMs);
        else stock.take(sku, quantity);
      }
    },
    giveBack(row, { checkout, judged = [], kiosk, goods }, nowMs) {
      positions.unexpose(row.exposedMinor);
      if (goods === 'reserved') stock.release(row.id);
      else for (const { sku, quantity } of judged) stock.take(sku, -quantity);
      if (row.elapsedMs === null) return;
      const { totalMinor, payment } = checkout;
      riskTotals.takeBack(cardKey(payment.fingerprint), row.elapsedMs, nowMs, totalMinor);
      riskTotals.takeBack(kioskKey(kiosk), row.elapsedMs, nowMs, totalMinor);
    },
    releaseBeyond(id, lines) {
      for (const [sku, quantity] of leftBySku(lines)) stock.holdAtMost(id, sku, quantity);
    },
    pick(id, lines) {
      for (const [sku, quantity] of leftBySku(lines)) {
        if (quantity > 0) stock.hold(id, sku, quantity);
        else stock.holdAtMost(id, sku, 0);
      }
    },
    handOver(id, lines) {
      for (const [sku, quantity] of leftBySku(lines)) stock.handOver(id, sku, quantity);
    },
  };
}

/** Several lines of one product are one heap of goods. */
function leftBySku(lines: readonly StandingLine[]): Map<string, number> {
  const left = new Map<string, number>();
  for (const line of lines) left.set(line.sku, (left.get(line.sku) ?? 0) + leftOf(line));
  return left;
}
