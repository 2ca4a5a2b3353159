// The names of an attempt, derived and never drawn: whoever knows the document and the purpose knows them again, also after
// every memory of the attempt is lost. They are stored before the call (I13).
import { hash } from 'node:crypto';
import type { Attempt } from './port.ts';

export interface AttemptFacts {
  applianceId: string;
  /** The checkout, void or refund; another appliance may have chosen the same. */
  documentId: string;
  purpose: 'charge' | 'capture' | 'void' | 'refund';
  /** 1 for the first; another number only after an outcome that is known to have moved no money. */
  number: number;
}

/** A reference that people can read, and a key of 64 hex digits. Equal facts give equal names. */
export function nameAttempt({ applianceId, documentId, purpose, number }: AttemptFacts): Attempt {
  const reference = `${applianceId}.${documentId}.${purpose}.${number}`;
  return { reference, idempotencyKey: hash('sha256', `holdfast attempt\n${reference}`) };
}
