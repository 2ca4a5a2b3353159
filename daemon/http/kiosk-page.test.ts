// The page at its address: open to everybody, under a strict policy, and no way to any other file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StoreClient, startStore } from '../store/client.ts';
import { plentyOfSpace } from '../store/temporary-store.ts';
import { type HttpServer, startHttp } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kiosk-page-'));
const silent = { debug() {}, info() {}, warn() {}, error() {} };
let store: StoreClient;
let server: HttpServer;
let origin: string;

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 10, onGone });
  server = await startHttp(
    { host: '127.0.0.1', port: 0, connectionsMax: 10, requestMsMax: 10_000, kioskAuth: 'required' },
    { store, identity: { applianceId: 'shop-1', release: '0.1.0' }, log: silent },
  );
  origin = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('the kiosk page over HTTP', () => {
  it.each([
    ['/kiosk', 'text/html; charset=utf-8'],
    ['/kiosk/', 'text/html; charset=utf-8'],
    ['/kiosk/page.css', 'text/css; charset=utf-8'],
    ['/kiosk/icon.svg', 'image/svg+xml'],
    ['/kiosk/modules/kiosk/client.ts', 'text/javascript; charset=utf-8'],
  ])('%s needs no token, though kiosks do', async (path, type) => {
    const response = await fetch(origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe(type);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('lets nothing run or load that does not come from this appliance', async () => {
    const policy = (await fetch(`${origin}/kiosk`)).headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|data:|https:|\*/);
  });

  it('is not sent again while it is as it was', async () => {
    const first = await fetch(`${origin}/kiosk/page.css`);
    expect(first.headers.get('Cache-Control')).toBe('no-cache');
    // As a browser sends it; Node's fetch would ask for no cached answer at all.
    const headers = { 'If-None-Match': first.headers.get('ETag') ?? '', 'Cache-Control': 'max-age=0' };
    const again = await fetch(`${origin}/kiosk/page.css`, { headers });
    expect(again.status).toBe(304);
  });

  it.each([
    '/kiosk/page.html',
    '/kiosk/modules/daemon/main.ts',
    '/kiosk/modules/daemon/kiosk-page/assets.ts',
    '/kiosk/modules/kiosk/file-storage.ts',
    '/kiosk/modules/package.json',
    '/kiosk/modules/kiosk/%2e%2e/package.json',
    '/kiosk/modules/kiosk/..%2f..%2fpackage.json',
    '/kiosk/__proto__',
    '/kiosk//page.css',
    '/kiosks',
  ])('%s is not there', async (path) => {
    const response = await fetch(origin + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  });

  it('takes no other method', async () => {
    const response = await fetch(`${origin}/kiosk`, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('GET, HEAD');
    expect((await fetch(`${origin}/kiosk`, { method: 'HEAD' })).status).toBe(200);
  });

  it('is no part of what kiosks need a token for', async () => {
    expect((await fetch(`${origin}/v1/status`)).status).toBe(401);
  });
});
