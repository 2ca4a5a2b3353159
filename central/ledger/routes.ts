// The ledger's routes: what each appliance has sent, and what was made of it.
import * as z from 'zod';
import { ApplianceId, Uuid } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { found, ProblemError } from '../http/problems.ts';
import { Limit, PageQuery, WholeNumber } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import * as samples from './answer-samples.ts';
import {
  Accounts,
  Appliance,
  AppliancePage,
  DocumentPage,
  DocumentWithMovements,
  Entries,
  MovementPage,
  ParkedPage,
} from './answers.ts';
import type { LedgerPort } from './port.ts';

const CheckoutsQuery = PageQuery.extend({ appliance: ApplianceId.optional() });
const ApplianceQuery = z.strictObject({ appliance: ApplianceId.optional() });
const ParkedQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/, { error: 'use the nextCursor of the page before' })
    .optional(),
  limit: Limit(limits.pageItemsMax, 50),
});
/** Entries are read in bulk by audits: a page is ten times longer. */
const EntriesQuery = z.strictObject({
  journal: Uuid,
  appliance: ApplianceId.optional(),
  after: WholeNumber.default(0),
  limit: Limit(1000, 1000),
});

export function ledgerRoutes(store: LedgerPort): Route[] {
  return [
    route({
      id: 'listAppliances',
      method: 'GET',
      path: '/v1/appliances',
      summary: 'List every appliance, in the order they became known',
      action: 'fleet.read',
      query: PageQuery,
      answer: AppliancePage,
      example: { items: [samples.appliance], nextCursor: null },
      handle: ({ query: { cursor, limit } }) => store.appliances({ cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'readAppliance',
      method: 'GET',
      path: '/v1/appliances/:id',
      summary: 'Read where an appliance stands: its last word, its journals, its feed',
      action: 'fleet.read',
      params: z.object({ id: z.string() }),
      answer: Appliance,
      example: samples.appliance,
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.appliance(params.id), 'appliance'),
    }),
    route({
      id: 'listCheckouts',
      method: 'GET',
      path: '/v1/checkouts',
      summary: 'List checkouts, the newest booking first',
      action: 'ledger.read',
      query: CheckoutsQuery,
      answer: DocumentPage,
      example: { items: [samples.document], nextCursor: 1204 },
      handle: ({ query: { cursor, limit, appliance } }) =>
        store.documents({ kind: 'checkout', applianceId: appliance ?? null, cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'readCheckout',
      method: 'GET',
      path: '/v1/checkouts/:id',
      summary:
        'Read a checkout with its movements; a void or a refund too, by its id. Ids are chosen at the kiosks: appliance says whose, should two have chosen the same',
      action: 'ledger.read',
      params: z.object({ id: z.string() }),
      query: ApplianceQuery,
      answer: DocumentWithMovements,
      example: { ...samples.document, movements: [samples.movement], ...samples.way },
      problems: ['not_found', 'ambiguous'],
      handle: async ({ params, query: { appliance } }) => {
        const documents = (await store.document(params.id)).filter(
          ({ applianceId }) => appliance === undefined || applianceId === appliance,
        );
        if (documents.length > 1) throw new ProblemError('ambiguous', 'Name the appliance as well.');
        return found(documents[0] ?? null, 'checkout');
      },
    }),
    route({
      id: 'listAccounts',
      method: 'GET',
      path: '/v1/ledger/accounts',
      summary: 'Read the balance of each account and currency',
      action: 'ledger.read',
      answer: Accounts,
      example: { items: [{ name: 'payable:payee:house', currency: 'GBP', balanceMinor: -1460n }] },
      handle: async () => ({ items: await store.accounts() }),
    }),
    route({
      id: 'listPostings',
      method: 'GET',
      path: '/v1/ledger/postings',
      summary: 'List movements with their postings, in the order they were booked',
      action: 'ledger.read',
      query: PageQuery,
      answer: MovementPage,
      example: { items: [samples.movement], nextCursor: null },
      handle: ({ query: { cursor, limit } }) => store.movements({ cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'listParked',
      method: 'GET',
      path: '/v1/ledger/parked',
      summary: 'List entries that could not be booked, with the reason',
      action: 'ledger.read',
      query: ParkedQuery,
      answer: ParkedPage,
      example: { items: [samples.parked], nextCursor: '3-77' },
      handle: async ({ query: { cursor, limit } }) => {
        const [journalRefAfter = 0, seqAfter = 0] = (cursor ?? '0-0').split('-').map(Number);
        const { items, next } = await store.parked({ limit, journalRefAfter, seqAfter });
        return { items, nextCursor: next ? `${next.journalRefAfter}-${next.seqAfter}` : null };
      },
    }),
    route({
      id: 'listEntries',
      method: 'GET',
      path: '/v1/ledger/entries',
      summary:
        'List the entries of one journal after a seq, as the ledger took them, so that a model outside can check that each is there exactly once',
      action: 'ledger.read',
      query: EntriesQuery,
      answer: Entries,
      example: { items: [samples.entry] },
      problems: ['not_found', 'ambiguous'],
      handle: async ({ query: { journal, appliance, after, limit } }) => {
        const items = await store.entries({
          journalId: journal,
          applianceId: appliance ?? null,
          after,
          limit,
        });
        if (items === 'ambiguous') throw new ProblemError('ambiguous', 'Name the appliance as well.');
        return { items: found(items, 'journal') };
      },
    }),
  ];
}
