// The running daemon's own word, over this machine's loopback: what a command says when the service runs.
import { Status } from '../../contract/kiosk-api.ts';
import type { Config } from '../config.ts';

export type Answered =
  | { kind: 'running'; status: Status }
  /** Nobody listens there. */
  | { kind: 'stopped' }
  /** Somebody does, and it cannot be asked, or is not the daemon. */
  | { kind: 'silent'; why: string };

const answerMsMax = 3000;

export function loopbackUrl({ http }: Pick<Config, 'http'>): string {
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  return `http://${host}:${http.port}`;
}

export async function askDaemon({ http }: Pick<Config, 'http'>): Promise<Answered> {
  const url = `${loopbackUrl({ http })}/v1/status`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) });
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED') return { kind: 'stopped' };
    return { kind: 'silent', why: `${url} gave no answer within ${answerMsMax / 1000} s` };
  }
  if (response.status === 401) {
    return { kind: 'silent', why: 'http.kioskAuth = "required": it tells its status to paired kiosks only' };
  }
  const status = Status.safeParse(await response.json().catch(() => null));
  if (!status.success) return { kind: 'silent', why: `${url} answered ${response.status}, and no status` };
  return { kind: 'running', status: status.data };
}
