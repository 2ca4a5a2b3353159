// What Adyen's refusal reasons mean for trying again. Source: https://docs.adyen.com/development-resources/refusal-reasons.
// An answer gives number and words, a webhook the words alone: so the words, as one lower-case name, are the code. Pure.
import type { DeclineClass, Declined } from './port.ts';

type Row = readonly [number: number, words: string, declineClass: DeclineClass];

const rows: readonly Row[] = [
  [2, 'Refused', 'retry_later'],
  [3, 'Referral', 'retry_later'],
  [4, 'Acquirer Error', 'retry_later'],
  [5, 'Blocked Card', 'do_not_retry'],
  [6, 'Expired Card', 'other_method'],
  [7, 'Invalid Amount', 'do_not_retry'],
  [8, 'Invalid Card Number', 'other_method'],
  [9, 'Issuer Unavailable', 'retry_later'],
  [10, 'Not supported', 'other_method'],
  [11, '3D Not Authenticated', 'other_method'],
  [12, 'Not enough balance', 'retry_later'],
  [14, 'Acquirer Fraud', 'fraud'],
  [15, 'Cancelled', 'do_not_retry'],
  [16, 'Shopper Cancelled', 'do_not_retry'],
  [17, 'Invalid Pin', 'other_method'],
  [18, 'Pin tries exceeded', 'other_method'],
  [19, 'Pin validation not possible', 'other_method'],
  [20, 'FRAUD', 'fraud'],
  [21, 'Not Submitted', 'retry_later'],
  [22, 'FRAUD-CANCELLED', 'fraud'],
  [23, 'Transaction Not Permitted', 'do_not_retry'],
  [24, 'CVC Declined', 'other_method'],
  [25, 'Restricted Card', 'do_not_retry'],
  [26, 'Revocation Of Auth', 'do_not_retry'],
  [27, 'Declined Non Generic', 'other_method'],
  [28, 'Withdrawal amount exceeded', 'retry_later'],
  [29, 'Withdrawal count exceeded', 'retry_later'],
  [31, 'Issuer Suspected Fraud', 'fraud'],
  [32, 'AVS Declined', 'other_method'],
  [33, 'Card requires online pin', 'other_method'],
  [34, 'No checking account available on Card', 'other_method'],
  [35, 'No savings account available on Card', 'other_method'],
  [36, 'Mobile pin required', 'other_method'],
  [37, 'Contactless fallback', 'other_method'],
  [38, 'Authentication required', 'other_method'],
  [39, 'RReq not received from DS', 'other_method'],
  [40, 'Current AID is in Penalty Box', 'other_method'],
  [41, 'CVM Required Restart Payment', 'other_method'],
  [42, '3DS Authentication Error', 'other_method'],
  [43, 'Online PIN required', 'other_method'],
  [44, 'Try another interface', 'other_method'],
  [45, 'Chip downgrade mode', 'other_method'],
  [46, 'Transaction blocked by Adyen to prevent excessive retry fees', 'do_not_retry'],
];

const codeByNumber = new Map(rows.map(([number, words]) => [String(number), codeOf(words)]));
const classByCode = new Map(rows.map(([, words, declineClass]) => [codeOf(words), declineClass]));

/**
 * A reason that is not known is for another method: the card is not asked again.
 * @param number where the answer gives one
 */
export function declineOf(words: string | null, number: string | null): Omit<Declined, 'kind'> {
  const code = codeByNumber.get(number ?? '') ?? codeOf(words ?? '');
  return {
    declineClass: classByCode.get(code) ?? 'other_method',
    code: code === '' ? 'refused_unsaid' : code,
  };
}

/** At most as long as a decline code may be. */
function codeOf(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 64)
    .replace(/^_+|_+$/g, '');
}
