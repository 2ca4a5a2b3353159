// [tracing] of both programs: where spans go, and what a collector of somebody else's wants to be told with them. What is secret
// stands in a file of its own, and is never shown, not even in an error.
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { join, resolve } from 'node:path';
import * as z from 'zod';

export const TracingConfig = z
  .strictObject({
    /** An OpenTelemetry collector, by OTLP/HTTP. */
    otlpUrl: z
      .url({ protocol: /^https?$/, error: 'use http://host:port or https://host:port' })
      .nullable()
      .default(null),
    /** Headers for it, `Name: value` a line, mode 0600; the systemd credential `otlp-headers` where it is not named. */
    headersFile: z.string().min(1).nullable().default(null),
  })
  .prefault({});
export type TracingConfig = z.infer<typeof TracingConfig>;

/** The name of systemd's credential. */
export const otlpCredential = 'otlp-headers';
const headersMax = 16;
const fileBytesMax = 16_384;
const loopback = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;
/** Ours to say. */
const own = new Set(['content-type', 'content-length', 'transfer-encoding', 'connection', 'host']);

export class OtlpHeadersError extends Error {
  readonly code = 'otlp_headers_unusable';
  readonly hint: string;
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}

/** With its file found from the folder of the configuration. */
export function tracingInFolder(config: TracingConfig, folder: string): TracingConfig {
  return { ...config, headersFile: config.headersFile && resolve(folder, config.headersFile) };
}

/** None where nothing names any. @throws OtlpHeadersError */
export function readOtlpHeaders(
  { otlpUrl, headersFile }: TracingConfig,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const given = env.CREDENTIALS_DIRECTORY ? join(env.CREDENTIALS_DIRECTORY, otlpCredential) : null;
  const path = headersFile ?? (given !== null && existsSync(given) ? given : null);
  if (otlpUrl === null || path === null) return {};
  const { protocol, hostname } = new URL(otlpUrl);
  if (protocol === 'http:' && !loopback.test(hostname)) {
    const message = `the headers in ${path} would go to ${hostname} without encryption`;
    throw new OtlpHeadersError(message, 'Use https:// in tracing.otlpUrl, or a collector on this machine.');
  }
  return parseHeaders(readOwned(path, headersFile === null), path);
}

function parseHeaders(text: string, path: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const headers = Object.fromEntries(lines.map((line, i) => parseHeader(line, `line ${i + 1} of ${path}`)));
  const count = Object.keys(headers).length;
  if (count > 0 && count === lines.length && count <= headersMax) return headers;
  const hint = `Write between one and ${headersMax} headers into it, each once, as "Authorization: Bearer KEY".`;
  throw new OtlpHeadersError(`${path} does not hold headers`, hint);
}

function parseHeader(line: string, place: string): [string, string] {
  const at = line.indexOf(':');
  const [name, value] = [line.slice(0, Math.max(0, at)).trim().toLowerCase(), line.slice(at + 1).trim()];
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    // why without its cause: it would show the value.
    const hint = 'Write a header a line, as "Authorization: Bearer KEY".';
    throw new OtlpHeadersError(`${place} is no header`, hint);
  }
  if (own.has(name)) throw new OtlpHeadersError(`${place}: ${name} is the exporter's own`, 'Leave it out.');
  return [name, value];
}

/** @param guarded systemd guards its own copies: their mode shows an access list, not who may read them */
function readOwned(path: string, guarded: boolean): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const hint = 'Check tracing.headersFile, and that the account of this program may read it.';
    throw new OtlpHeadersError(`${path} cannot be read`, hint, error);
  }
  try {
    // Of the file that is open, so that what is judged is what is read.
    const { mode, size } = fstatSync(file);
    if (!guarded && (mode & 0o077) !== 0) {
      const message = `${path} has mode ${(mode & 0o777).toString(8).padStart(4, '0')}: others than its owner may read it`;
      throw new OtlpHeadersError(message, `Run: chmod 600 ${path}`);
    }
    if (size > fileBytesMax) {
      throw new OtlpHeadersError(`${path} is larger than ${fileBytesMax} bytes`, 'Keep headers alone in it.');
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
