// ISO 4217's minor unit, where it is not the hundredth: the source is list one of 2024-06-25. Without anything else, so that
// pages may take it along: what a browser knows of currencies follows another table.
const otherDigits: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV'].map(
    (code) => [code, 0] as const,
  ),
  ...['XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
]);

/** How many decimals an amount of the currency has. */
export function minorDigits(currency: string): number {
  return otherDigits.get(currency) ?? 2;
}

/** Those whose minor unit is not the hundredth. */
export const currenciesOfOtherDigits: readonly string[] = [...otherDigits.keys()];
