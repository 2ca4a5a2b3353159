import { describe, expect, it } from 'vitest';
import { declineOf } from './adyen-declines.ts';

describe('a refusal of Adyen', () => {
  it.each<[string | null, string | null, string, string]>([
    ['Not enough balance', '12', 'not_enough_balance', 'retry_later'],
    ['NOT ENOUGH BALANCE', null, 'not_enough_balance', 'retry_later'],
    ['FRAUD', '20', 'fraud', 'fraud'],
    ['FRAUD-CANCELLED', '22', 'fraud_cancelled', 'fraud'],
    ['Revocation Of Auth', '26', 'revocation_of_auth', 'do_not_retry'],
    ['Expired Card', null, 'expired_card', 'other_method'],
    // The number decides where the words are the bank's own.
    ['05 : Do not honor', '2', 'refused', 'retry_later'],
    ['Something new', '999', 'something_new', 'other_method'],
    [null, null, 'refused_unsaid', 'other_method'],
    ['–', null, 'refused_unsaid', 'other_method'],
  ])('%s (%s) is %s: %s', (words, number, code, declineClass) => {
    expect(declineOf(words, number)).toEqual({ code, declineClass });
  });

  it('has a code that fits the wire, however long its words are', () => {
    const { code } = declineOf(
      'Transaction blocked by Adyen to prevent excessive retry fees!'.repeat(3),
      null,
    );
    expect(code).toMatch(/^[a-z0-9_]{1,64}$/);
  });
});
