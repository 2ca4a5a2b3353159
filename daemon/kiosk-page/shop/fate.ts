// What became of a sale that was looked up, in the words of one that was just submitted. Pure.
import type { Answer } from '../../../contract/kiosk-api.ts';
import type { Submission } from '../../../kiosk/client.ts';

/** A checkout that central was asked about may not be decided yet: then it is asked for again. */
export function fateOf(answer: Answer): Submission {
  const { id, verdict } = answer;
  switch (verdict) {
    case 'authorised':
    case 'approved_offline':
      return { kind: 'approved', id, answer };
    case 'declined':
    case 'refused':
      return { kind: verdict, id, answer };
    case 'pending':
      return { kind: 'unavailable', id, reason: 'timeout' };
  }
}
