// Adyen's settlement detail reports: a file for each batch, downloaded by its name from where the configuration says, with the
// credentials of a report user. Source: https://docs.adyen.com/reporting/automatically-get-reports.
import type { Downloaded, ReportWay } from './port.ts';

export interface AdyenReports {
  /** https://ca-test.adyen.com/reports/download, or ca-live. */
  baseUrl: URL;
  user: { username: string; password: string };
  merchantAccount: string;
  firstBatch: number | null;
  /** Until the answer begins, and between two pieces of it. */
  silenceMsMax: number;
  /** A million rows are 300 MB. */
  fileBytesMax?: number;
  fileMsMax?: number;
}

const fileBytesMaxUsual = 2 * 1024 ** 3;
const fileMsMaxUsual = 30 * 60_000;

/** Also where the name has been added to, as a file may be that somebody brought. */
export function batchOf(name: string): number | null {
  const [, digits] = /settlement_detail_report_batch_(\d{1,9})(?!\d)/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

const nameOf = (batch: number) => `settlement_detail_report_batch_${batch}.csv`;

export function adyenReports(reports: AdyenReports): Extract<ReportWay, { kind: 'files' }> {
  const { baseUrl, user, merchantAccount, firstBatch } = reports;
  const folder = `${baseUrl.href.replace(/\/$/, '')}/MerchantAccount/${encodeURIComponent(merchantAccount)}`;
  const authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  return {
    kind: 'files',
    firstBatch,
    nameOf,
    batchOf,
    download: (batch, take) => download(`${folder}/${nameOf(batch)}`, authorization, reports, take),
  };
}

/** One request, with credentials to this address alone: a redirection is not followed. */
async function download(
  address: string,
  authorization: string,
  limits: Pick<AdyenReports, 'silenceMsMax' | 'fileBytesMax' | 'fileMsMax'>,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<Downloaded> {
  const { silenceMsMax, fileBytesMax = fileBytesMaxUsual, fileMsMax = fileMsMaxUsual } = limits;
  const ending = new AbortController();
  const end = () => ending.abort();
  const whole = setTimeout(end, fileMsMax);
  try {
    const answer = await within(silenceMsMax, end, () =>
      fetch(address, {
        // why identity: what is packed may unfold to more than anybody has room for.
        headers: { Authorization: authorization, 'Accept-Encoding': 'identity' },
        redirect: 'manual',
        signal: ending.signal,
      }),
    );
    if (answer === null) return lost(ending.signal, 'not_reached');
    const { status, body } = answer;
    if (status === 404) return { kind: 'not_there' };
    if (status !== 200 || body === null) return { kind: 'unavailable', code: codeOf(status) };
    const reader = body.getReader();
    for (let bytes = 0; ; ) {
      const piece = await within(silenceMsMax, end, () => reader.read());
      if (piece === null) return lost(ending.signal, 'connection_lost');
      if (piece.done) return { kind: 'whole' };
      bytes += piece.value.length;
      if (bytes > fileBytesMax) return { kind: 'unavailable', code: 'report_too_large' };
      await take(piece.value);
    }
  } finally {
    clearTimeout(whole);
    end();
  }
}

/** Null where the network failed, or was not heard of for so long. */
async function within<T>(silenceMsMax: number, end: () => void, work: () => Promise<T>): Promise<T | null> {
  const silence = setTimeout(end, silenceMsMax);
  try {
    return await work();
  } catch {
    return null;
  } finally {
    clearTimeout(silence);
  }
}

function lost({ aborted }: AbortSignal, code: string): Downloaded {
  return { kind: 'unavailable', code: aborted ? 'timed_out' : code };
}

function codeOf(status: number): string {
  if (status === 401 || status === 403) return 'credentials_refused';
  if (status >= 300 && status < 400) return 'redirected';
  return status === 429 ? 'rate_limited' : 'processor_failed';
}
