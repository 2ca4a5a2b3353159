// Downloading a report over real HTTP: whole or said not to be, and the credentials go to one address alone.
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import { adyenReports, batchOf } from './adyen-reports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handle: RequestListener): Promise<URL> {
  const server = createServer(handle);
  servers.push(server);
  const port = await listen(server, 0, '127.0.0.1');
  return new URL(`http://127.0.0.1:${port}/reports/download/`);
}

async function fetched(baseUrl: URL, limits: { fileBytesMax?: number; fileMsMax?: number } = {}) {
  const user = { username: 'report@Company.Holdfast', password: 'p:w' };
  const reports = { baseUrl, user, merchantAccount: 'Holdfast Leeds', firstBatch: null, silenceMsMax: 1000 };
  let text = '';
  const made = await adyenReports({ ...reports, ...limits }).download(7, async (piece) => {
    text += Buffer.from(piece).toString();
  });
  return { ...made, text };
}

describe('a report of Adyen', () => {
  it('is asked for by its name, with the credentials of the report user', async () => {
    const asked: unknown[] = [];
    const url = await serve(({ method, url: path, headers }, response) => {
      asked.push(method, path, Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString());
      response.end('the report');
    });
    expect(await fetched(url)).toEqual({ kind: 'whole', text: 'the report' });
    expect(asked).toEqual([
      'GET',
      '/reports/download/MerchantAccount/Holdfast%20Leeds/settlement_detail_report_batch_7.csv',
      'report@Company.Holdfast:p:w',
    ]);
  });

  it('is not looked for where a redirection points', async () => {
    const strangers: unknown[] = [];
    const elsewhere = await serve(({ headers }, response) => {
      strangers.push(headers);
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(302, { location: elsewhere.href }).end());
    expect(await fetched(url)).toMatchObject({ kind: 'unavailable', code: 'redirected' });
    expect(strangers).toEqual([]);
  });

  it.each<[number, object]>([
    [404, { kind: 'not_there' }],
    [401, { kind: 'unavailable', code: 'credentials_refused' }],
    [403, { kind: 'unavailable', code: 'credentials_refused' }],
    [429, { kind: 'unavailable', code: 'rate_limited' }],
    [500, { kind: 'unavailable', code: 'processor_failed' }],
    [204, { kind: 'unavailable', code: 'processor_failed' }],
  ])('is not there whole with status %i, and nothing of the answer is taken', async (status, outcome) => {
    const url = await serve((_, response) => response.writeHead(status).end('<html>'));
    expect(await fetched(url)).toEqual({ ...outcome, text: '' });
  });

  it.each<[string, RequestListener, string]>([
    [
      'that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setTimeout(() => response.destroy(), 20);
      },
      'connection_lost',
    ],
    [
      'in chunks that break off',
      (_, response) => {
        response.write('half');
        setTimeout(() => response.destroy(), 20);
      },
      'connection_lost',
    ],
    ['that stands still', (_, response) => void response.write('half'), 'timed_out'],
    ['that never begins', () => undefined, 'timed_out'],
  ])('%s is not whole', async (_, handle, code) => {
    expect(await fetched(await serve(handle))).toMatchObject({ kind: 'unavailable', code });
  });

  it('is bounded in size and, however slowly it drips, in time', async () => {
    const large = await serve((_, response) => response.end('x'.repeat(5000)));
    expect(await fetched(large, { fileBytesMax: 4999 })).toMatchObject({ code: 'report_too_large' });
    const slow = await serve(async (_, response) => {
      while (!response.destroyed) {
        response.write('x');
        await sleep(50);
      }
    });
    expect(await fetched(slow, { fileMsMax: 400 })).toMatchObject({ kind: 'unavailable', code: 'timed_out' });
  });

  it('of which nobody answers is not reached', async () => {
    // Port 1 is reserved: nobody listens there.
    const url = new URL('http://127.0.0.1:1');
    expect(await fetched(url)).toMatchObject({ kind: 'unavailable', code: 'not_reached' });
  });

  it('throws what its taker throws, such as a disk that is full', async () => {
    const url = await serve((_, response) => response.end('the report'));
    const user = { username: 'a', password: 'b' };
    const reports = { baseUrl: url, user, merchantAccount: 'a', firstBatch: null, silenceMsMax: 1000 };
    const full = () => Promise.reject(new Error('ENOSPC'));
    await expect(adyenReports(reports).download(1, full)).rejects.toThrow('ENOSPC');
  });
});

it.each([
  ['settlement_detail_report_batch_12.csv', 12],
  ['1795000000000-settlement_detail_report_batch_3.csv', 3],
  ['settlement_detail_report_batch_12_corrected.csv', 12],
  ['received_payments_report_2026_11_24.csv', null],
  ['settlement_detail_report_batch_.csv', null],
  ['settlement_detail_report_batch_1234567890.csv', null],
])('the batch of %s is %j', (name, batch) => {
  expect(batchOf(name)).toBe(batch);
});
