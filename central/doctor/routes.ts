// The routes of the doctor: asking a box to look at itself, and what it found.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { found, ProblemError } from '../http/problems.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { Asked, askedSample, Doctor, doctorSample } from './answers.ts';
import type { Doctors } from './port.ts';

/** A look takes a minute at most, and is told with the report after it. */
export const doctorAskedForMs = 120_000;

const params = z.object({ id: z.string() });

export function doctorRoutes(store: LedgerPort, { doctorOf }: Doctors): Route[] {
  return [
    route({
      id: 'askDoctor',
      method: 'POST',
      path: '/v1/appliances/:id/doctor',
      summary:
        'Ask an appliance for its doctor: about twenty checks, which it sends after whatever money waits. While one is awaited, that one is answered and none is asked again',
      action: 'doctor.ask',
      params,
      status: 202,
      answer: Asked,
      example: askedSample,
      problems: ['not_found'],
      async handle({ params: { id: applianceId }, by }) {
        const cameId = doctorOf(applianceId)?.result.id ?? null;
        const wish = { applianceId, id: randomUUID(), untilMs: by.nowMs + doctorAskedForMs, cameId };
        const asked = await store.askDoctor(wish, by);
        if (asked) return asked;
        throw new ProblemError('not_found', 'There is no such appliance.');
      },
    }),
    route({
      id: 'readDoctor',
      method: 'GET',
      path: '/v1/appliances/:id/doctor',
      summary: 'Read what an appliance’s doctor found last, and what was asked for since',
      action: 'fleet.read',
      params,
      answer: Doctor,
      example: doctorSample,
      problems: ['not_found'],
      async handle({ params: { id }, by: { nowMs } }) {
        found(await store.fleetMember(id), 'appliance');
        const heard = doctorOf(id);
        return {
          nowMs,
          asked: await store.doctorAsked(id),
          found: heard && { ...heard.result, heardMs: heard.heardMs },
        };
      },
    }),
  ];
}
