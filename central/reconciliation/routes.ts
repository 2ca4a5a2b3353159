// Over HTTP: exceptions with what people do with them, runs, and the files that were brought.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { Limit, NumberParams, PageQuery, WholeNumber } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { SecondPersonLimits } from '../people/second-person.ts';
import * as samples from './answer-samples.ts';
import { Exception, ExceptionDetail, File, FileDetail, Open, Run } from './answers.ts';
import { noteCharsMax } from './exceptions.ts';
import { Account } from './rules.ts';

const Note = z.string().min(1).max(noteCharsMax);
const Owner = z.string().min(1).max(100).nullable();
const Minor = z.int();

/** One action; each with its note. */
const Action = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('assign'), note: Note, owner: Owner }),
  z.strictObject({ kind: z.literal('note'), note: Note }),
  z.strictObject({ kind: z.literal('accept'), note: Note }),
  z.strictObject({
    kind: z.literal('correct'),
    note: Note,
    postings: z
      .array(
        z.strictObject({ account: Account, currency: z.string().regex(/^[A-Z]{3}$/), amountMinor: Minor }),
      )
      .max(20),
  }),
  z.strictObject({ kind: z.literal('received'), note: Note }),
  z.strictObject({ kind: z.literal('confirm'), note: Note, proposal: z.int().min(1) }),
  z.strictObject({ kind: z.literal('withdraw'), note: Note, proposal: z.int().min(1) }),
  z.strictObject({ kind: z.literal('chase'), note: Note, dueMs: Moment }),
  z.strictObject({
    kind: z.literal('split'),
    note: Note,
    parts: z.array(z.strictObject({ amountMinor: Minor, owner: Owner })).max(20),
  }),
  z.strictObject({ kind: z.literal('merge'), note: Note, into: z.int().min(1) }),
]);

const ExceptionsQuery = z.strictObject({
  state: z.enum(['open', 'settled']).optional(),
  status: z.string().max(50).optional(),
  processor: z.string().max(50).optional(),
  owner: z.string().max(100).optional(),
  cursor: WholeNumber.optional(),
  limit: Limit(200, 50),
});

const NumberCursor = z.int();

export function reconciliationRoutes(
  store: LedgerPort,
  { secondPersonAboveMinor }: { secondPersonAboveMinor: SecondPersonLimits },
): Route[] {
  return [
    route({
      id: 'listExceptions',
      method: 'GET',
      path: '/v1/exceptions',
      summary: 'Differences between journal, ledger, reports and bank, the newest first',
      action: 'exception.read',
      query: ExceptionsQuery,
      answer: pageOf(Exception, NumberCursor).meta({ id: 'ExceptionPage' }),
      example: { items: [samples.exception], nextCursor: null },
      handle: ({ query: { state, status, processor, owner, cursor, limit } }) =>
        store.exceptions({
          state: state ?? null,
          status: status ?? null,
          processor: processor ?? null,
          owner: owner ?? null,
          cursor: cursor ?? null,
          limit,
        }),
    }),
    route({
      id: 'countExceptions',
      method: 'GET',
      path: '/v1/exceptions/open',
      summary: 'What is open, in figures',
      action: 'exception.read',
      answer: z.object({ items: z.array(Open) }).meta({ id: 'OpenExceptions' }),
      example: { items: [samples.open] },
      handle: async () => ({ items: await store.openExceptions() }),
    }),
    route({
      id: 'readException',
      method: 'GET',
      path: '/v1/exceptions/:number',
      summary: 'One exception with its rows and its history',
      action: 'exception.read',
      params: NumberParams,
      answer: ExceptionDetail,
      example: samples.exceptionDetail,
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.exception(params.number), 'exception'),
    }),
    route({
      id: 'actOnException',
      method: 'POST',
      path: '/v1/exceptions/:number/actions',
      summary:
        'Assign, note, accept, correct, mark received, chase, split or merge an exception; above the limit accept, correct and received are proposals, which another person confirms, or anybody withdraws',
      action: 'exception.settle',
      params: NumberParams,
      body: Action,
      bodyExample: { kind: 'accept', note: 'the bank keeps 5 of every payout' },
      answer: Exception,
      example: samples.exception,
      problems: ['not_found', 'exception_refused', 'second_person_needed'],
      handle: async ({ params, body, by }) => {
        const acted = await store.actOnException(
          { ref: params.number, action: body, secondPersonAboveMinor },
          by,
        );
        switch (acted.kind) {
          case 'done':
          case 'proposed':
            return acted.exception;
          case 'unknown':
            throw new ProblemError('not_found', 'No exception has that number.');
          case 'second_person_needed':
            throw new ProblemError(
              'second_person_needed',
              'You proposed this yourself. Another person must confirm it, with a key of theirs.',
            );
          case 'refused':
            throw new ProblemError('exception_refused', `${acted.code}: ${acted.hint}`);
        }
      },
    }),
    route({
      id: 'listReconciliationRuns',
      method: 'GET',
      path: '/v1/reconciliation/runs',
      summary: 'Runs with their figures, the newest first',
      action: 'exception.read',
      query: PageQuery,
      answer: pageOf(Run, NumberCursor).meta({ id: 'ReconciliationRunPage' }),
      example: { items: [samples.run], nextCursor: null },
      handle: ({ query: { cursor, limit } }) => store.runs({ cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'listReportFiles',
      method: 'GET',
      path: '/v1/reconciliation/files',
      summary: 'Reports and statements that were imported, the newest first',
      action: 'exception.read',
      query: PageQuery,
      answer: pageOf(File, NumberCursor).meta({ id: 'ReportFilePage' }),
      example: { items: [samples.file], nextCursor: null },
      handle: ({ query: { cursor, limit } }) => store.reportFiles({ cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'readReportFile',
      method: 'GET',
      path: '/v1/reconciliation/files/:number',
      summary: 'One file with what was set aside of it and whether its statements add up',
      action: 'exception.read',
      params: NumberParams,
      answer: FileDetail,
      example: samples.fileDetail,
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.reportFile(params.number), 'file'),
    }),
  ];
}
