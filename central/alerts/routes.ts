// The routes of alerts, and of windows in which nobody is called.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { Moment } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import { actorWords } from '../people/actor.ts';
import {
  AlertPage,
  AlertWithEvents,
  alertSample,
  alertStates,
  alertWithEventsSample,
  MaintenanceAnswer,
  MaintenanceList,
  maintenanceSample,
  Scope,
} from './answers.ts';
import type { AlertPort, AlertSpoken, AlertWithEvents as Spoken } from './port.ts';

export const windowDaysMax = 90;
const dayMs = 86_400_000;
const windowsListedMax = 200;

const Note = Text(1000);
const AlertsQuery = PageQuery.extend({
  state: z
    .enum([...alertStates, 'standing'])
    .optional()
    .meta({ description: '`standing`: open or acknowledged.' }),
  appliance: ApplianceId.optional(),
  site: z.string().max(100).optional(),
});
const Window = z.strictObject({
  scope: Scope,
  fromMs: Moment.optional().meta({ description: 'Now unless said.' }),
  untilMs: Moment,
  reason: Note,
});

/** What is said to one alert. */
const ofOneAlert = {
  action: 'alert.acknowledge',
  params: NumberParams,
  answer: AlertWithEvents,
  example: alertWithEventsSample,
  problems: ['not_found', 'alert_not_open'],
} as const;

export function alertRoutes(store: AlertPort): Route[] {
  return [
    route({
      id: 'listAlerts',
      method: 'GET',
      path: '/v1/alerts',
      summary: 'List what somebody should know, the newest first',
      action: 'alert.read',
      query: AlertsQuery,
      answer: AlertPage,
      example: { items: [alertSample], nextCursor: null },
      handle: ({ query: { state, appliance, site, cursor, limit } }) =>
        store.alerts({
          ...{ state: state ?? null, applianceId: appliance ?? null, site: site ?? null },
          ...{ cursor: cursor ?? null, limit },
        }),
    }),
    route({
      id: 'readAlert',
      method: 'GET',
      path: '/v1/alerts/:number',
      summary: 'Read an alert with what was done with it',
      action: 'alert.read',
      params: NumberParams,
      answer: AlertWithEvents,
      example: alertWithEventsSample,
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.alert(params.number), 'alert'),
    }),
    route({
      id: 'acknowledgeAlert',
      method: 'POST',
      path: '/v1/alerts/:number/acknowledgement',
      summary: 'Take an alert up: it is not escalated any more',
      ...ofOneAlert,
      body: z.strictObject({ note: Note }),
      bodyExample: { note: 'calling the site' },
      handle: async ({ params: { number }, body: { note }, by }) =>
        spoken(await store.acknowledgeAlert({ number, note }, by)),
    }),
    route({
      id: 'snoozeAlert',
      method: 'POST',
      path: '/v1/alerts/:number/snooze',
      summary: 'Put an alert off: until then nobody is told more of it',
      ...ofOneAlert,
      body: z.strictObject({ untilMs: Moment, note: Note }),
      bodyExample: { untilMs: maintenanceSample.untilMs, note: 'the engineer comes at nine' },
      handle: async ({ params: { number }, body: { untilMs, note }, by }) => {
        withinDays('/untilMs', by.nowMs, untilMs);
        return spoken(await store.snoozeAlert({ number, untilMs, note }, by));
      },
    }),
    route({
      id: 'listMaintenance',
      method: 'GET',
      path: '/v1/maintenance',
      summary: 'List the windows of maintenance that hold or will, or all, the newest first',
      action: 'alert.read',
      query: z.strictObject({ all: z.enum(['true', 'false']).default('false') }),
      answer: MaintenanceList,
      example: { items: [maintenanceSample] },
      handle: async ({ query: { all }, by }) => ({
        items: await store.maintenance({
          holdingMs: all === 'true' ? null : by.nowMs,
          limit: windowsListedMax,
        }),
      }),
    }),
    route({
      id: 'createMaintenance',
      method: 'POST',
      path: '/v1/maintenance',
      summary: 'Say when nobody is to be called for a box, a site, or at all',
      action: 'maintenance.manage',
      body: Window,
      bodyExample: {
        scope: maintenanceSample.scope,
        untilMs: maintenanceSample.untilMs,
        reason: maintenanceSample.reason,
      },
      status: 201,
      answer: MaintenanceAnswer,
      example: maintenanceSample,
      problems: ['windows_full'],
      handle: async ({ body: { fromMs, ...window }, by }) => {
        const from = fromMs ?? by.nowMs;
        withinDays('/untilMs', Math.max(from, by.nowMs), window.untilMs);
        const created = await store.createMaintenance({ ...window, fromMs: from }, by);
        if (created.kind === 'full') throw new ProblemError('windows_full', 'End one that is there.');
        return created.window;
      },
    }),
    route({
      id: 'endMaintenance',
      method: 'POST',
      path: '/v1/maintenance/:number/end',
      summary: 'End a window of maintenance before its time',
      action: 'maintenance.manage',
      params: NumberParams,
      body: z.strictObject({ reason: Note }),
      bodyExample: { reason: 'done early' },
      answer: MaintenanceAnswer,
      example: maintenanceSample,
      problems: ['not_found', 'window_over'],
      handle: async ({ params: { number }, body: { reason }, by }) => {
        const ended = await store.endMaintenance(number, reason, by);
        if (ended.kind === 'window_unknown')
          throw new ProblemError('not_found', 'No window has that number.');
        if (ended.kind === 'window_over') throw new ProblemError('window_over', 'It does not hold any more.');
        return ended.window;
      },
    }),
  ];
}

/** @throws ProblemError body_malformed */
function withinDays(field: string, fromMs: number, untilMs: number): void {
  if (untilMs > fromMs && untilMs <= fromMs + windowDaysMax * dayMs) return;
  throw new ProblemError('body_malformed', `${field}: use a time in the next ${windowDaysMax} days`);
}

function spoken(said: AlertSpoken): Spoken {
  switch (said.kind) {
    case 'spoken':
      return said.alert;
    case 'alert_unknown':
      throw new ProblemError('not_found', 'No alert has that number.');
    case 'alert_not_open':
      throw new ProblemError('alert_not_open', notOpenWords(said));
    default:
      return unreachable(said);
  }
}

export function notOpenWords({ state, alert }: Extract<AlertSpoken, { kind: 'alert_not_open' }>): string {
  const last = alert.events.findLast(({ kind }) => kind === state);
  if (state === 'cleared' || last === undefined) return 'It is well again.';
  return `It was taken up by ${actorWords(last.actor)}: ${last.note}`;
}
