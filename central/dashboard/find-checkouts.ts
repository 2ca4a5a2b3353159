// What somebody means who types into the search: an id, a slip number, a card's last four digits, or an amount. Pure.

export type Wanted =
  | { by: 'id'; id: string }
  | { by: 'slip'; slip: number }
  | { by: 'card'; last4: string }
  | { by: 'total'; totalMinor: number };

/** Four digits may be a slip number and a card; an amount has a decimal point, or the sign of a currency. */
export function readSearch(text: string): Wanted[] {
  const typed = text.trim();
  if (uuid.test(typed)) return [{ by: 'id', id: typed.toLowerCase() }];
  const amount = /^([£$€]?)\s*(\d{1,3}(?:,\d{3})*|\d{1,9})(?:\.(\d{2}))?$/.exec(typed);
  if (amount && (amount[1] !== '' || amount[3] !== undefined || typed.includes(','))) {
    const [, , whole = '', cents = '00'] = amount;
    return [{ by: 'total', totalMinor: Number(whole.replaceAll(',', '') + cents) }];
  }
  const slip = /^#?(\d{1,10})$/.exec(typed)?.[1];
  return [
    ...(slip === undefined ? [] : [{ by: 'slip', slip: Number(slip) } as const]),
    ...(/^\d{4}$/.test(typed) ? [{ by: 'card', last4: typed } as const] : []),
  ];
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
