// The schemas of the interface in JSON Schema 2020-12, made from the ones that parse and answer: there is no second
// description of any field.
import * as z from 'zod';
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
import { ReasonCode } from '../../contract/verdict.ts';

/** What a kiosk sends. Closed: a field that nobody knows is refused. */
const requests = { Checkout, Fulfilment, LinkedRefund, PairingRequest, QuoteRequest, UnlinkedRefund, Void };

/** What a kiosk is answered, and what stands inside. Open: a later release may say more. */
const answers = {
  Answer,
  DocumentPage,
  DocumentView,
  Flags,
  Liveness,
  Pairing,
  Problem,
  Quote,
  Readiness,
  Reason: AnsweredReason,
  ReasonCode,
  Slip,
  Status,
};

export type RequestName = keyof typeof requests;
export type AnswerName = keyof typeof answers;

/** A JSON Schema object, or a part of the document that looks like one. */
export type Json = Record<string, unknown>;

export const ref = (name: RequestName | AnswerName) => ({ $ref: `#/components/schemas/${name}` });

/** Every named schema. What no JSON Schema can say (check digits, sku or gtin) is left to the appliance to refuse. */
export function jsonSchemas(): Record<string, Json> {
  return {
    ...named(requests, 'input', () => {}),
    ...named(answers, 'output', (schema) => {
      if (schema.additionalProperties === false) delete schema.additionalProperties;
    }),
  };
}

function named(
  schemas: Record<string, z.ZodType>,
  io: 'input' | 'output',
  amend: (schema: Json) => void,
): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => amend(jsonSchema as Json),
  });
  const bare = Object.entries(made.schemas).map(([name, { $id: _id, $schema: _dialect, ...schema }]) => [
    name,
    schema as Json,
  ]);
  return Object.fromEntries(bare);
}
