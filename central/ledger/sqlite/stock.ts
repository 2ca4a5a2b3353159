// What a person says of the goods at a site: into that appliance's feed, for products that its catalogue has.
import { limits } from '../../../contract/limits.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { StockChange, StockSent } from '../published.ts';
import type { ApplianceTable } from './appliances.ts';
import type { CatalogueTable } from './catalogues.ts';
import type { FeedTable } from './feeds.ts';

/** All of the changes are sent, or none. */
export function sendStock(
  {
    appliances,
    catalogues,
    feeds,
    audit,
  }: { appliances: ApplianceTable; catalogues: CatalogueTable; feeds: FeedTable; audit: Audit },
  applianceId: string,
  changes: readonly StockChange[],
  by: By,
): StockSent {
  const appliance = appliances.find(applianceId);
  if (!appliance) return { kind: 'appliance_unknown' };
  const unknown = catalogues.unknown(
    appliance.ref,
    changes.map(({ sku }) => sku),
  );
  if (unknown.length > 0) return { kind: 'skus_unknown', skus: unknown };
  const size = limits.stockChangesPerItemMax;
  const items = Array.from({ length: Math.ceil(changes.length / size) }, (_, i) => ({
    kind: 'stock' as const,
    changes: changes.slice(i * size, (i + 1) * size),
  }));
  const { first, last } = feeds.append(appliance.ref, items);
  // What was said of each product stands in the feed at these positions.
  const positions = { firstPosition: first, lastPosition: last };
  audit(by, 'stock.send', `appliance ${applianceId}`, { changes: changes.length, ...positions });
  return { kind: 'sent', ...positions };
}
