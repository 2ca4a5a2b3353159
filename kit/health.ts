// Whether a program of ours is well, asked of it over its own HTTP: for the health checks of containers and of whoever watches.
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

export interface Health {
  healthy: boolean;
  /** What it answered, or why it did not. */
  words: string;
}

const Readiness = z.object({ status: z.string() });

/** Longer than a store at work takes, shorter than what asks waits. */
const answerMsMax = 8000;
/** To listen at all addresses is no address to call. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Asks `/readyz`, which answers only once the store or the database has. Never rejects.
 * @param well the statuses that need nobody
 */
export async function askHealth(
  listening: { host: string; port: number },
  well: readonly string[],
): Promise<Health> {
  const host = loopbackOf[listening.host] ?? listening.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}/readyz`;
  try {
    const answer = await ask(url);
    const readiness = Readiness.safeParse(JSON.parse(answer.body));
    const status = readiness.success ? readiness.data.status : `HTTP ${answer.status}`;
    return { healthy: well.includes(status), words: status };
  } catch (error) {
    return { healthy: false, words: `${whyOf(error as NodeJS.ErrnoException)} at ${url}` };
  }
}

/** why not fetch: a check that is started every minute need not load a whole browser's client. */
function ask(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, signal: AbortSignal.timeout(answerMsMax) }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    }).on('error', reject);
  });
}

function whyOf({ code, name }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nobody listens';
  if (name === 'AbortError') return `no answer within ${answerMsMax / 1000} s`;
  return 'no answer that can be read';
}
