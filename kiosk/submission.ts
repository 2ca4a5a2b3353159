// What a kiosk is told of what it submitted or read: values, each with a name, and how an answer becomes one.
import type { Answer, Problem } from '../contract/kiosk-api.ts';
import type { Delivery, UnavailableReason } from './delivery.ts';

/**
 * What became of a submitted document; `id` names it for ever.
 * - `approved`, `refused`: the appliance judged it and wrote it down; the reasons are in the answer, and who decided.
 * - `declined`: central asked for the money and the card was declined; `answer.declineCode` says why.
 * - `invalid`: it was not taken, and nothing was written down; the problem says what to mend.
 * - `unavailable`: no answer in time. IT MAY HAVE BEEN ACCEPTED all the same. The request is kept: `resume()`
 *   asks again under the same id. Do not submit the sale anew before its fate is known, or it may be paid twice.
 */
export type Submission =
  | { kind: 'approved'; id: string; answer: Answer }
  | { kind: 'refused'; id: string; answer: Answer }
  | { kind: 'declined'; id: string; answer: Answer }
  | { kind: 'invalid'; id: string; problem: Problem }
  | { kind: 'unavailable'; id: string; reason: UnavailableReason };

/** What was read; `invalid` also says that there is no such document (problem.status 404). */
export type Reading<T> =
  | { kind: 'found'; value: T }
  | { kind: 'invalid'; problem: Problem }
  | { kind: 'unavailable'; reason: UnavailableReason };

export function submissionOf(id: string, delivery: Delivery<Answer>): Submission {
  switch (delivery.kind) {
    case 'answered': {
      const { verdict } = delivery.value;
      if (verdict === 'declined') return { kind: 'declined', id, answer: delivery.value };
      const approved = verdict === 'authorised' || verdict === 'approved_offline';
      return { kind: approved ? 'approved' : 'refused', id, answer: delivery.value };
    }
    case 'problem':
      return { kind: 'invalid', id, problem: delivery.problem };
    case 'unavailable':
      return { kind: 'unavailable', id, reason: delivery.reason };
  }
}

export function readingOf<T>(delivery: Delivery<T>): Reading<T> {
  switch (delivery.kind) {
    case 'answered':
      return { kind: 'found', value: delivery.value };
    case 'problem':
      return { kind: 'invalid', problem: delivery.problem };
    case 'unavailable':
      return delivery;
  }
}
