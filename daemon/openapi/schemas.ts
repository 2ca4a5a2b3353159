// The schemas of the interface in JSON Schema 2020-12, made from the ones that parse and answer: there is no second
// description of any field.
import { Checkout, Fulfilment, LinkedRefund, UnlinkedRefund, Void } from '../../contract/checkout.ts';
import {
  Answer,
  AnsweredReason,
  DocumentPage,
  DocumentView,
  Flags,
  Liveness,
  Problem,
  Readiness,
  Status,
} from '../../contract/kiosk-api.ts';
import { Pairing, PairingRequest } from '../../contract/pairing.ts';
import { Quote, QuoteRequest } from '../../contract/quote.ts';
import { Slip } from '../../contract/slip.ts';
import { SyntheticResult } from '../../contract/synthetic.ts';
import {
  Examination,
  PairingOffer,
  PairingWish,
  SignIn,
  TechnicianSession,
  TechnicianView,
} from '../../contract/technician-api.ts';
import { ReasonCode } from '../../contract/verdict.ts';
import { type Json, namedJsonSchemas, schemaRef } from '../../kit/json-schemas.ts';

/** What a kiosk sends. Closed: a field that nobody knows is refused. */
const requests = {
  Checkout,
  Fulfilment,
  LinkedRefund,
  PairingRequest,
  PairingWish,
  QuoteRequest,
  SignIn,
  UnlinkedRefund,
  Void,
};

/** What a kiosk is answered, and what stands inside. Open: a later release may say more. */
const answers = {
  Answer,
  DocumentPage,
  DocumentView,
  Examination,
  Flags,
  Liveness,
  Pairing,
  PairingOffer,
  Problem,
  Quote,
  Readiness,
  Reason: AnsweredReason,
  ReasonCode,
  Slip,
  Status,
  SyntheticResult,
  TechnicianSession,
  TechnicianView,
};

export type RequestName = keyof typeof requests;
export type AnswerName = keyof typeof answers;

export const ref = (name: RequestName | AnswerName) => schemaRef(name);

/** Every named schema. What no JSON Schema can say (check digits, sku or gtin) is left to the appliance to refuse. */
export function jsonSchemas(): Record<string, Json> {
  return { ...namedJsonSchemas(requests, 'input'), ...namedJsonSchemas(answers, 'output') };
}
