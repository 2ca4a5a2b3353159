// What somebody means who types into the search: an id, a slip number, a card's last four digits, or an amount. Pure.
import { currenciesOfOtherDigits, minorDigits } from '../../contract/minor-digits.ts';

export type Wanted =
  | { by: 'id'; id: string }
  | { by: 'slip'; slip: number }
  | { by: 'card'; last4: string }
  /** @property only null: every currency but `except` */
  | { by: 'total'; totalMinor: number; only: readonly string[] | null; except: readonly string[] };

/** Four digits may be a slip number, a card, and an amount where an amount has no decimals. */
export function readSearch(text: string): Wanted[] {
  const typed = text.trim();
  if (uuid.test(typed)) return [{ by: 'id', id: typed.toLowerCase() }];
  const slip = /^#?(\d{1,10})$/.exec(typed)?.[1];
  return [
    ...(slip === undefined ? [] : [{ by: 'slip', slip: Number(slip) } as const]),
    ...(/^\d{4}$/.test(typed) ? [{ by: 'card', last4: typed } as const] : []),
    ...totalsOf(typed),
  ];
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Dollars are of many countries: all that have cents. */
const signs: Readonly<Record<string, readonly string[] | 'any of cents'>> = {
  '£': ['GBP'],
  '€': ['EUR'],
  '¥': ['JPY', 'CNY'],
  '₩': ['KRW'],
  '₹': ['INR'],
  '₫': ['VND'],
  $: 'any of cents',
};
const grouped = String.raw`\d{1,3}(?:,\d{3})+|\d{1,12}`;
/** A currency before or after; a point for decimals, or a comma that no thousand could follow. */
const amount = new RegExp(
  String.raw`^(?<before>[£€¥₩₹₫$]|[A-Z]{3})?\s*(?<whole>${grouped})(?:\.(?<point>\d{1,3})|,(?<comma>\d{1,2}))?\s*(?<after>[A-Z]{3})?$`,
  'i',
);

/** One for each number of decimals that the amount can be of, as ISO 4217 gives them to currencies. */
function totalsOf(typed: string): Wanted[] {
  const { before, whole = '', point, comma, after } = amount.exec(typed)?.groups ?? {};
  if (whole === '' || (before !== undefined && after !== undefined)) return [];
  const decimals = point ?? comma ?? '';
  const sign = (before ?? after)?.toUpperCase();
  const named = sign === undefined ? null : (signs[sign] ?? [sign]);
  // Digits alone are an amount where there are no decimals to leave out.
  const plain = sign === undefined && decimals === '' && !whole.includes(',');
  return [2, 0, 3].flatMap((digits): Wanted[] => {
    if (decimals.length > digits || (plain && digits !== 0)) return [];
    const totalMinor = Number(whole.replaceAll(',', '') + decimals.padEnd(digits, '0'));
    const currencies = currenciesWith(digits, named);
    if (currencies === null || !Number.isSafeInteger(totalMinor)) return [];
    return [{ by: 'total', totalMinor, ...currencies }];
  });
}

/** Null: none of those that are meant. */
function currenciesWith(
  digits: number,
  named: readonly string[] | 'any of cents' | null,
): { only: readonly string[] | null; except: readonly string[] } | null {
  if (named === 'any of cents' && digits !== 2) return null;
  if (digits === 2 && (named === null || named === 'any of cents'))
    return { only: null, except: currenciesOfOtherDigits };
  const among = named === null || named === 'any of cents' ? currenciesOfOtherDigits : named;
  const only = among.filter((currency) => minorDigits(currency) === digits);
  return only.length === 0 ? null : { only, except: [] };
}
