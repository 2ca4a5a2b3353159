// What a document's own entry says beyond its row: which goods, at what, and why it was judged as it was.
import type { Line } from '../../contract/checkout.ts';
import type { Entry, JudgedLine } from '../../contract/entry.ts';

export interface SoldLine {
  /** As it was asked for, where it could not be priced: by SKU or by GTIN. */
  sku: string;
  /** As far as a slip is wide; null where it could not be priced. */
  name: string | null;
  quantity: number;
  /** After discounts; null where it could not be priced. */
  totalMinor: number | null;
  discountMinor: number;
}

export interface SaidInEntry {
  /** Stable codes; empty where nothing was wrong. */
  reasons: string[];
  /** Of a checkout; empty for everything else. */
  lines: SoldLine[];
  /** By which it was judged; null where it says none. */
  catalogueVersion: number | null;
  policyVersion: number | null;
  /** The kiosk that sold, by the name it was paired under. */
  kiosk: string | null;
}

/** @param entry null where this release cannot read it */
export function saidInEntry(entry: Entry | null): SaidInEntry {
  const reasons = entry !== null && 'reasons' in entry ? entry.reasons.map(({ code }) => code) : [];
  const policyVersion = entry !== null && 'policyVersion' in entry ? entry.policyVersion : null;
  if (entry?.kind !== 'checkout')
    return { reasons, lines: [], catalogueVersion: null, policyVersion, kiosk: null };
  const { judged, checkout, catalogueVersion, kiosk = null } = entry;
  const lines = judged?.map(asJudged) ?? checkout.lines.map(asAsked);
  return { reasons, lines, catalogueVersion, policyVersion, kiosk };
}

function asJudged({ sku, name, quantity, totalMinor, discountMinor = 0 }: JudgedLine): SoldLine {
  return { sku, name: name ?? null, quantity, totalMinor: totalMinor - discountMinor, discountMinor };
}

function asAsked({ sku, gtin = '', quantity }: Line): SoldLine {
  return { sku: sku ?? gtin, name: null, quantity, totalMinor: null, discountMinor: 0 };
}
