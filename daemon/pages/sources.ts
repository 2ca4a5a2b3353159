// Which pages the appliance has, where they are asked for, and what they are made of.

export interface PageSource {
  /** The page itself. */
  paths: readonly string[];
  /** What its other files are asked for under. */
  under: string;
  /** Its page.html, page.css and screen/main.ts. */
  folder: string;
  /** Where a module of the page may lie; what it imports for its types alone is not loaded. */
  rooms: readonly string[];
}

export const pageSources: readonly PageSource[] = [
  {
    paths: ['/kiosk', '/kiosk/'],
    under: '/kiosk/',
    folder: 'daemon/kiosk-page',
    rooms: ['daemon/kiosk-page/screen/', 'daemon/kiosk-page/shop/', 'kiosk/'],
  },
  {
    paths: ['/'],
    under: '/technician/',
    folder: 'daemon/technician-page',
    rooms: [
      'daemon/technician-page/screen/',
      'daemon/technician-page/said/',
      'daemon/kiosk-page/screen/element.ts',
      'daemon/commands/duration-words.ts',
      'kiosk/banner.ts',
    ],
  },
];

/** Whether the path is a page's business, be it in the list or not. */
export function isPages(path: string): boolean {
  return pageSources.some(({ paths, under }) => paths.includes(path) || path.startsWith(under));
}
