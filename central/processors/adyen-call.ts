// One call through Adyen's library, over an HTTP client of ours: bounded, sent once, and its failure a value without secrets.
import * as z from 'zod';
import { type AdyenTrouble, failureOf } from './adyen-errors.ts';
import { createSender, type Sent } from './adyen-http.ts';
import type { Made } from './made.ts';

/** A failed call, with all that may be known of it: never Adyen's message, which may quote what was sent. */
class CallError extends Error {
  readonly trouble: AdyenTrouble;
  constructor(trouble: AdyenTrouble) {
    super(trouble.kind);
    this.trouble = trouble;
  }
}

/** Carries a call of the library out; what it throws becomes a value. */
export async function call(
  send: () => Promise<unknown>,
): Promise<Exclude<Made<unknown>, { kind: 'declined' }>> {
  try {
    return { kind: 'answered', value: await send() };
  } catch (error) {
    // An error of the library itself may come before or after the sending.
    return failureOf(error instanceof CallError ? error.trouble : { kind: 'not_understood' });
  }
}

interface HttpClient {
  request(
    endpoint: string,
    json: string | Buffer,
    config: unknown,
    isApiKeyRequired: boolean,
    options?: { idempotencyKey?: string },
  ): Promise<string>;
}

/** The library's door for another HTTP client. Its own follows redirects and loses what an error was. */
export function createHttpClient(baseUrl: URL, callMsMax: number, apiKey: string): HttpClient {
  const send = createSender(baseUrl, callMsMax);
  return {
    async request(endpoint, json, _config, _isApiKeyRequired, options) {
      const sent = await send(new URL(endpoint).pathname, String(json), {
        'Content-Type': 'application/json',
        'X-API-Key': apiKey,
        ...(options?.idempotencyKey && { 'Idempotency-Key': options.idempotencyKey }),
      });
      const trouble = troubleOf(sent);
      if (trouble !== null || sent.kind !== 'answered')
        throw new CallError(trouble ?? { kind: 'not_understood' });
      return sent.body;
    },
  };
}

const ErrorBody = z
  .object({
    errorCode: z.string().nullable(),
    invalidFields: z.array(z.object({ name: z.string().max(100) })),
  })
  .partial()
  .catch({});

/** Null for an answer that the library may read. */
function troubleOf(sent: Sent): AdyenTrouble | null {
  if (sent.kind === 'not_answered') return sent;
  let body: unknown;
  try {
    body = JSON.parse(sent.body);
  } catch {
    // Of a body that is no JSON, the library prints a part.
    if (sent.status >= 200 && sent.status < 300) return { kind: 'not_understood' };
  }
  if (sent.status >= 200 && sent.status < 300) return null;
  const { errorCode, invalidFields } = ErrorBody.parse(body);
  return {
    kind: 'answered',
    status: sent.status,
    errorCode: errorCode ?? null,
    field: invalidFields?.[0]?.name ?? null,
    retryAfterSeconds: sent.retryAfterSeconds,
  };
}
