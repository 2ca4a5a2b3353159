// What each page may load: its own files and those of its rooms, as a browser takes them, and nothing else of the appliance's.
import { describe, expect, it } from 'vitest';
import { loadPages } from './load.ts';

const pages = await loadPages();

describe.each([
  {
    name: 'the kiosk page',
    at: '/kiosk',
    paths: ['/kiosk', '/kiosk/'],
    under: '/kiosk/',
    rooms: ['daemon/kiosk-page/screen', 'daemon/kiosk-page/shop', 'kiosk'],
  },
  {
    name: 'the technician’s page',
    at: '/',
    paths: ['/'],
    under: '/technician/',
    rooms: [
      'daemon/commands',
      'daemon/kiosk-page/screen',
      'daemon/technician-page/said',
      'daemon/technician-page/screen',
      'kiosk',
    ],
  },
])('the files of $name', ({ at, paths, under, rooms }) => {
  const files = [...pages].filter(([path]) => paths.includes(path) || path.startsWith(under));
  const modulesPath = `${under}modules/`;
  const modules = files.filter(([path]) => path.startsWith(modulesPath));

  it('are the page, its style, its sign and the modules it imports', () => {
    expect(files.map(([path]) => path).filter((path) => !path.startsWith(modulesPath))).toEqual([
      ...paths,
      `${under}look.css`,
      `${under}page.css`,
      `${under}icon.svg`,
    ]);
    const found = new Set(modules.map(([path]) => path.slice(modulesPath.length).replace(/\/[^/]+$/, '')));
    expect([...found].sort()).toEqual(rooms);
  });

  it('are modules without types that load nothing else', () => {
    for (const [path, { body }] of modules) {
      expect(body, path).not.toMatch(/^(import|export) type\b/m);
      for (const [, from = ''] of body.matchAll(/\bfrom '(.+?)'/g)) {
        expect(pages.has(new URL(from, `http://appliance${path}`).pathname), `${from} of ${path}`).toBe(true);
      }
    }
  });

  it('hold no script and no style inside the page, which its policy forbids', () => {
    const html = pages.get(at)?.body ?? '';
    expect(html).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=|style=/);
    for (const [, address = ''] of html.matchAll(/(?:src|href)="(.+?)"/g)) {
      expect(pages.has(address), address).toBe(true);
    }
  });
});

it('loads of the program for the technician’s page the words for durations alone, and of the kiosk’s how elements are made', () => {
  const others = [...pages.keys()].filter((path) =>
    /^\/technician\/modules\/daemon\/(?!technician-page)/.test(path),
  );
  expect(others.map((path) => path.replace('/technician/modules/', '')).sort()).toEqual([
    'daemon/commands/duration-words.ts',
    'daemon/kiosk-page/screen/element.ts',
  ]);
});

it('has the SDK’s client for the kiosk page, and not what is for Node', () => {
  expect(pages.has('/kiosk/modules/kiosk/client.ts')).toBe(true);
  expect(pages.has('/kiosk/modules/kiosk/file-storage.ts')).toBe(false);
});

it('changes the tag of a file with its content only', async () => {
  const again = await loadPages();
  expect([...again].map(([, { etag }]) => etag)).toEqual([...pages].map(([, { etag }]) => etag));
  const bodies = new Set([...pages].map(([, { body }]) => body));
  expect(new Set([...pages].map(([, { etag }]) => etag)).size).toBe(bodies.size);
});
