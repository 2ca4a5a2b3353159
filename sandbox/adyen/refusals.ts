// The refusal reasons that Adyen documents (https://docs.adyen.com/development-resources/refusal-reasons), and the stored
// payment methods that bring them about: sandbox_decline_<number>.

const words = {
  2: 'Refused',
  3: 'Referral',
  4: 'Acquirer Error',
  5: 'Blocked Card',
  6: 'Expired Card',
  7: 'Invalid Amount',
  8: 'Invalid Card Number',
  9: 'Issuer Unavailable',
  10: 'Not supported',
  11: '3D Not Authenticated',
  12: 'Not enough balance',
  14: 'Acquirer Fraud',
  15: 'Cancelled',
  16: 'Shopper Cancelled',
  17: 'Invalid Pin',
  18: 'Pin tries exceeded',
  19: 'Pin validation not possible',
  20: 'FRAUD',
  21: 'Not Submitted',
  22: 'FRAUD-CANCELLED',
  23: 'Transaction Not Permitted',
  24: 'CVC Declined',
  25: 'Restricted Card',
  26: 'Revocation Of Auth',
  27: 'Declined Non Generic',
  28: 'Withdrawal amount exceeded',
  29: 'Withdrawal count exceeded',
  31: 'Issuer Suspected Fraud',
  32: 'AVS Declined',
  38: 'Authentication required',
  46: 'Transaction blocked by Adyen to prevent excessive retry fees',
} as const;

export const refusalNumbers = Object.keys(words);

export interface Refused {
  number: string;
  words: string;
  resultCode: 'Refused' | 'Error' | 'Cancelled';
}

/** The refusal that a stored payment method stands for, or null when it is approved. */
export function refusalOf(storedPaymentMethodId: string): Refused | null {
  const number = /^sandbox_decline_(\d{1,2})$/.exec(storedPaymentMethodId)?.[1];
  const found = Object.entries(words).find(([known]) => known === number);
  if (found === undefined) return null;
  const resultCode =
    found[0] === '4' ? 'Error' : found[0] === '15' || found[0] === '16' ? 'Cancelled' : 'Refused';
  return { number: found[0], words: found[1], resultCode };
}
