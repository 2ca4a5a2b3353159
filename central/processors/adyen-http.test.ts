import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import {
  certificatePem,
  createRootCertificate,
  createServerCertificate,
} from '../../provisioning/authority/certificates.ts';
import { createP256KeyPair, privatePem } from '../../provisioning/authority/keys.ts';
import { createSender } from './adyen-http.ts';

const callMsMax = 300;
const servers: (Server | TcpServer)[] = [];
let trusted: { key: string; cert: string };
let strange: { key: string; cert: string };

async function authority() {
  const root = createP256KeyPair();
  const certificate = await createRootCertificate(root, Date.now());
  const server = createP256KeyPair();
  const issuer = { certificate, privateKey: root.privateKey };
  const leaf = await createServerCertificate(server.publicKey, ['localhost'], issuer, Date.now());
  return {
    ca: certificatePem(certificate),
    server: { key: privatePem(server.privateKey), cert: certificatePem(leaf) },
  };
}

beforeAll(async () => {
  const known = await authority();
  trusted = known.server;
  strange = (await authority()).server;
  setDefaultCACertificates([...getCACertificates('default'), known.ca]);
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

async function open(server: Server | TcpServer, scheme: 'http' | 'https') {
  servers.push(server);
  const port = await listen(server as Server, 0, 'localhost');
  return createSender(new URL(`${scheme}://localhost:${port}/checkout/`), callMsMax);
}
const plain = (answer: RequestListener) => open(createPlainServer(answer), 'http');
const ask = (send: Awaited<ReturnType<typeof plain>>) => send('/v72/payments', '{}', { 'X-API-Key': 'k' });

describe('one request to Adyen', () => {
  it('goes by TLS to the path behind the base URL, and is answered', async () => {
    const asked: unknown[] = [];
    const server = createTlsServer(trusted, (request, response) => {
      asked.push(
        request.method,
        request.url,
        request.headers['x-api-key'],
        request.headers['content-length'],
      );
      response.writeHead(429, { 'Retry-After': '7' }).end('{"status":429}');
    });
    const send = await open(server, 'https');
    expect(await ask(send)).toEqual({
      kind: 'answered',
      status: 429,
      retryAfterSeconds: 7,
      body: '{"status":429}',
    });
    expect(asked).toEqual(['POST', '/checkout/v72/payments', 'k', '2']);
  });

  it('reached nobody when the certificate is not trusted', async () => {
    let asked = 0;
    const send = await open(
      createTlsServer(strange, () => {
        asked++;
      }),
      'https',
    );
    expect(await ask(send)).toEqual({ kind: 'not_answered', reached: false, timedOut: false });
    expect(asked).toBe(0);
  });

  it('reached nobody when the handshake never ends', async () => {
    const send = await open(createTcpServer(), 'https');
    expect(await ask(send)).toEqual({ kind: 'not_answered', reached: false, timedOut: true });
  });

  it('may have been carried out when it is not answered, also on a connection that was used before', async () => {
    let asked = 0;
    const send = await plain((request, response) => {
      if (asked++ === 0) response.end('{}');
      else request.socket.resetAndDestroy();
    });
    expect(await ask(send)).toMatchObject({ kind: 'answered', status: 200 });
    expect(await ask(send)).toEqual({ kind: 'not_answered', reached: true, timedOut: false });
    expect(asked).toBe(2);
    const silent = await plain(() => undefined);
    expect(await ask(silent)).toEqual({ kind: 'not_answered', reached: true, timedOut: true });
  });

  it('follows no redirect, and reads no answer without end', async () => {
    let asked = 0;
    const elsewhere = await plain((_, response) => {
      asked++;
      response.writeHead(308, { Location: '/checkout/v72/payments' }).end();
    });
    expect(await ask(elsewhere)).toMatchObject({ kind: 'answered', status: 308 });
    expect(asked).toBe(1);
    const endless = await plain((_, response) => {
      response.end(Buffer.alloc(2 * 1024 * 1024, ' '));
    });
    expect(await ask(endless)).toEqual({ kind: 'not_answered', reached: true, timedOut: false });
  });
});
