// What the page may load: its own files and the SDK's, as a browser takes them, and nothing of the appliance's.
import { describe, expect, it } from 'vitest';
import { modulesPath } from './assets.ts';
import { loadPage } from './load.ts';

const page = await loadPage();
const modules = [...page].filter(([path]) => path.startsWith(modulesPath));

describe('the files of the page', () => {
  it('are the page, its style, its sign and the modules it imports', () => {
    expect([...page.keys()].filter((path) => !path.startsWith(modulesPath))).toEqual([
      '/kiosk',
      '/kiosk/',
      '/kiosk/page.css',
      '/kiosk/icon.svg',
    ]);
    const rooms = new Set(modules.map(([path]) => path.slice(modulesPath.length).replace(/\/[^/]+$/, '')));
    expect([...rooms].sort()).toEqual(['daemon/kiosk-page/screen', 'daemon/kiosk-page/shop', 'kiosk']);
    expect(page.has(`${modulesPath}kiosk/client.ts`)).toBe(true);
    expect(page.has(`${modulesPath}kiosk/file-storage.ts`), 'is for Node').toBe(false);
  });

  it('are modules without types that load nothing else', () => {
    for (const [path, { body }] of modules) {
      expect(body, path).not.toMatch(/^(import|export) type\b/m);
      for (const [, from = ''] of body.matchAll(/\bfrom '(.+?)'/g)) {
        expect(page.has(new URL(from, `http://appliance${path}`).pathname), `${from} of ${path}`).toBe(true);
      }
    }
  });

  it('hold no script and no style inside the page, which its policy forbids', () => {
    const html = page.get('/kiosk')?.body ?? '';
    expect(html).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=|style=/);
    for (const [, address = ''] of html.matchAll(/(?:src|href)="(.+?)"/g)) {
      expect(page.has(address), address).toBe(true);
    }
  });

  it('change their tag with their content only', async () => {
    const again = await loadPage();
    expect([...again].map(([, { etag }]) => etag)).toEqual([...page].map(([, { etag }]) => etag));
    expect(new Set([...page].map(([, { etag }]) => etag)).size).toBe(page.size - 1);
  });
});
