// Whether a program of ours is well, asked of it over its own HTTP: for the health checks of containers and of whoever watches.
import * as z from 'zod';

export interface Health {
  healthy: boolean;
  /** What it answered, or why it did not. */
  words: string;
}

const Readiness = z.object({ status: z.string() });

/** Longer than a store at work takes, shorter than what asks waits. */
const answerMsMax = 5000;
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
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) });
    const answer = Readiness.safeParse(await response.json());
    const status = answer.success ? answer.data.status : `HTTP ${response.status}`;
    return { healthy: well.includes(status), words: status };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    const why = code === 'ECONNREFUSED' ? 'nobody listens' : 'no answer that can be read';
    return { healthy: false, words: `${why} at ${url}` };
  }
}
