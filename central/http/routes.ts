// The operator's routes under /v1: what each appliance has sent, and what the ledger made of it.
// Answers are camelCase; amounts are integer minor units; a page ends with nextCursor null.
import Router from '@koa/router';
import type { Context } from 'koa';
import type { z } from 'zod';
import type { LedgerPort } from '../ledger/port.ts';
import { exactJson } from './exact-json.ts';
import { ProblemError } from './problems.ts';
import {
  ApplianceQuery,
  CheckoutsQuery,
  EntriesQuery,
  NoQuery,
  PageQuery,
  ParkedQuery,
  parseQuery,
  TextPageQuery,
} from './query.ts';

/** @param ignoredFrames what intake has dropped since the start */
export function createRoutes(store: LedgerPort, ignoredFrames: () => object[]): Router {
  const router = new Router({ prefix: '/v1' });

  /** One GET: its query in, its answer out. */
  const get = <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    read: (query: z.infer<Schema>, id: string) => Promise<object>,
  ) =>
    router.get(path, async (context: Context & { params: Record<string, string> }) => {
      const body = await read(parseQuery(schema, context), context.params.id ?? '');
      context.body = exactJson(body);
      context.type = 'application/json';
    });

  /** Every appliance, in the order they became known. */
  get('/appliances', PageQuery, ({ cursor, limit }) => store.appliances({ cursor: cursor ?? null, limit }));

  get('/appliances/:id', NoQuery, async (_, id) => found(await store.appliance(id), 'appliance'));

  /** Frames that were dropped since the start, by appliance and reason. */
  get('/intake/ignored', NoQuery, async () => ({ items: ignoredFrames() }));

  /** Checkouts, the newest booking first. */
  get('/checkouts', CheckoutsQuery, ({ cursor, limit, appliance }) =>
    store.documents({ kind: 'checkout', applianceId: appliance ?? null, cursor: cursor ?? null, limit }),
  );

  /**
   * A checkout with its movements: the sale, its void, its refunds. Also finds a void or a refund by its id.
   * Ids are chosen at the kiosks: `appliance` says whose, should two have chosen the same.
   */
  get('/checkouts/:id', ApplianceQuery, async ({ appliance }, id) => {
    const documents = (await store.document(id)).filter(
      ({ applianceId }) => appliance === undefined || applianceId === appliance,
    );
    if (documents.length > 1) throw new ProblemError('ambiguous', 'Name the appliance as well.');
    return found(documents[0] ?? null, 'checkout');
  });

  get('/ledger/accounts', NoQuery, async () => ({ items: await store.accounts() }));

  /** Movements with their postings, in the order they were booked. */
  get('/ledger/postings', PageQuery, ({ cursor, limit }) =>
    store.movements({ cursor: cursor ?? null, limit }),
  );

  /** Entries that could not be booked, with the reason. */
  get('/ledger/parked', ParkedQuery, async ({ cursor, limit }) => {
    const [journalRefAfter, seqAfter] = (cursor ?? '0-0').split('-').map(Number);
    const page = await store.parked({
      limit,
      journalRefAfter: journalRefAfter ?? 0,
      seqAfter: seqAfter ?? 0,
    });
    const { items, next } = page;
    return { items, nextCursor: next ? `${next.journalRefAfter}-${next.seqAfter}` : null };
  });

  /**
   * For audits: every entry of one journal after a seq, as the ledger took it (booked, recorded or parked), so that
   * a model outside can check that each is there exactly once.
   */
  get('/ledger/entries', EntriesQuery, async ({ journal, appliance, after, limit }) => {
    const items = await store.entries({ journalId: journal, applianceId: appliance ?? null, after, limit });
    if (items === 'ambiguous') throw new ProblemError('ambiguous', 'Name the appliance as well.');
    return { items: found(items, 'journal') };
  });

  /** The version in force, null before the first, and the drafts that wait. */
  get('/catalogue', NoQuery, async () => ({
    inForce: await store.catalogue(),
    drafts: await store.catalogueDrafts(),
  }));

  /** The products in force, in the order of their SKUs. */
  get('/catalogue/products', TextPageQuery, async ({ cursor, limit }) => {
    const { items, next } = await store.products({ draft: null, after: cursor, limit });
    return { items, nextCursor: next };
  });

  get('/policy', NoQuery, async () => {
    const inForce = await store.policy();
    if (inForce === null) throw new ProblemError('not_found', 'There is no policy yet.');
    return inForce;
  });

  /** The cards that no site takes, in the order of their fingerprints. */
  get('/hot-list', TextPageQuery, async ({ cursor, limit }) => {
    const { items, next } = await store.hotList({ after: cursor, limit });
    return { items, nextCursor: next };
  });

  return router;
}

function found<T>(value: T | null, what: string): T {
  if (value === null) throw new ProblemError('not_found', `No ${what} has that id.`);
  return value;
}
