// One request to a merchant's endpoint: bounded from first to last byte, to no other address than it may go to, and never
// to another place than was asked for: redirects are not followed.
import { lookup as lookUpName } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { isListed } from '../../kit/address-list.ts';

/** `error` is a stable code: `timed_out`, `address_refused`, or the system's own. */
export type Posted =
  | { status: number; error: null; answer: string }
  | { status: null; error: string; answer: null };

export interface PostRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Lets it lie in a private network. */
  privateAddresses: boolean;
  /** Authorities in PEM that the endpoint's certificate may come from, beside the public ones. */
  ownAuthorities?: string;
  postMsMax: number;
  /** Breaks it off. */
  signal?: AbortSignal;
}

const answerBytesMax = 1024;

const loopback = ['127.0.0.0/8', '::1/128'];
/** What a public endpoint is never at: RFC 6890 and the IANA special-purpose registries. */
const special = [
  ...loopback,
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '64:ff9b::/96',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** True when the request may go to that address. */
export function isAllowedAddress(protocol: string, address: string, privateAddresses: boolean): boolean {
  if (protocol === 'http:') return isListed(loopback, address);
  return privateAddresses || !isListed(special, address);
}

/** Resolves with what came of it; never rejects. */
export function post(asked: PostRequest): Promise<Posted> {
  const url = new URL(asked.url);
  const allowed = (address: string) => isAllowedAddress(url.protocol, address, asked.privateAddresses);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !allowed(literal)) return Promise.resolve(failed('address_refused'));
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request: ClientRequest = send(url, {
      method: 'POST',
      headers: { ...asked.headers, 'content-length': asked.body.length },
      agent: false,
      ...(asked.ownAuthorities && { ca: [...rootCertificates, asked.ownAuthorities] }),
      signal: asked.signal,
      // Judged at the moment of connecting: what a name meant before proves nothing.
      lookup: guardedLookup(allowed),
    });
    const finish = (posted: Posted) => {
      clearTimeout(timer);
      request.destroy();
      resolve(posted);
    };
    const timer = setTimeout(() => finish(failed('timed_out')), asked.postMsMax);
    request.on('error', (error: NodeJS.ErrnoException) => finish(failed(error.code ?? error.message)));
    request.on('response', (response) => readStart(response, finish));
    request.end(asked.body);
  });
}

function failed(error: string): Posted {
  return { status: null, error, answer: null };
}

/** The status and the first bytes are enough; the rest is not waited for. */
function readStart(response: IncomingMessage, finish: (posted: Posted) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = () => {
    const answer = Buffer.concat(chunks).subarray(0, answerBytesMax).toString();
    finish({ status: response.statusCode ?? 0, error: null, answer });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= answerBytesMax) end();
  });
  response.on('end', end);
  response.on('error', end);
}

function guardedLookup(allowed: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    lookUpName(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const addresses = found.filter(({ address }) => allowed(address));
      const [first] = addresses;
      if (!first) {
        return callback(
          Object.assign(new Error('an address that is refused'), { code: 'address_refused' }),
          '',
        );
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
