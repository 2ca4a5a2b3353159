// Where to look, and one sale to paste: in lines of at most 80 columns that a shell takes as they are.
import { randomUUID } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Site } from '../site.ts';
import type { Signs } from './view.ts';

/** @param link opens the operators' page for `operator` once; null: they were there before */
export function signsOf(site: Site, operator: string, link: string | null): Signs {
  const near = (path: string) => {
    const short = relative(process.cwd(), path);
    return short.startsWith('..') ? path : short;
  };
  return {
    places: [
      `appliance  ${site.applianceUrl}   logs: ${near(join(site.folder, 'logs'))}`,
      `central    ${site.centralUrl}   key: ${near(site.operatorKeyFile)}`,
      ...(link === null
        ? [`operators  ${site.centralUrl}/   sign in as ${operator}`]
        : [`operators' page, in a browser on this machine, opens once for ${operator}:`, link]),
    ],
    sale: [
      `curl -s ${site.applianceUrl}/v1/checkouts -H content-type:application/json \\`,
      `  -H idempotency-key:${randomUUID()} -d '{"currency":"GBP",`,
      '  "lines":[{"sku":"HF-101","quantity":1}],"totalMinor":185,"payment":{"token":',
      '  "tok_1","fingerprint":"fp_1","scheme":"visa","last4":"4242"}}\'',
    ],
  };
}
