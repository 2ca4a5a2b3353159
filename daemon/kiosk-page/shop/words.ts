// What a person at the kiosk is told of a sale: a headline and what to do. Pure; every outcome has words.
import type { Problem } from '../../../contract/kiosk-api.ts';
import type { Quote } from '../../../contract/quote.ts';
import type { Reading, Submission } from '../../../kiosk/client.ts';
import type { UnavailableReason } from '../../../kiosk/delivery.ts';

export interface Told {
  headline: string;
  sentences: readonly string[];
}

type Answered = Extract<Submission, { answer: unknown }>['answer'];

/** Approved: by whom, and what that means for the customer's money. Never "paid": nobody has charged yet. */
export function approvalWords(answer: Answered): Told {
  const reasons = answer.reasons.map(({ hint }) => hint);
  if (answer.verdict === 'authorised')
    return { headline: 'Approved', sentences: ['Central authorised the card.', ...reasons] };
  return {
    headline: 'Approved offline',
    sentences: ['It is settled when central has it.', ...reasons],
  };
}

/** Not sold, and nothing was taken: why, and what to do. */
export function refusalWords(refused: Exclude<Submission, { kind: 'approved' | 'unavailable' }>): Told {
  switch (refused.kind) {
    case 'declined': {
      const code = refused.answer.declineCode;
      const why = code === undefined ? [] : [`The bank says: ${code.replaceAll('_', ' ')}.`];
      return {
        headline: 'Card declined',
        sentences: [...why, ...refused.answer.reasons.map(({ hint }) => hint)],
      };
    }
    case 'refused':
      return {
        headline: 'Not sold',
        sentences: refused.answer.reasons.map(({ hint, left }) => withLeft(hint, left)),
      };
    case 'invalid':
      return { headline: 'Not sold', sentences: problemWords(refused.problem) };
  }
}

/** No answer: the one case in which the same goods must not be rung up again. */
export function unansweredWords(reason: UnavailableReason): Told {
  const because = {
    unreachable: 'The appliance does not answer.',
    timeout: 'The appliance has not answered in time.',
    busy: 'The appliance is busy.',
    journal_full: 'The appliance has no room for new sales; tell the technician.',
    failed: 'The appliance failed on this sale.',
    bad_answer: 'Something other than the appliance answered.',
    stopped: 'The page was stopped.',
    not_admitted: 'The appliance no longer knows this kiosk; tell the technician.',
    storage_failed: 'This browser cannot keep the sale, so it was not sent; tell the technician.',
  } satisfies Record<UnavailableReason, string>;
  if (reason === 'storage_failed') return { headline: 'Not sent', sentences: [because[reason]] };
  return {
    headline: 'Not known yet',
    sentences: [
      because[reason],
      'The sale may have been taken all the same. Do not ring it up again: this kiosk goes on asking.',
    ],
  };
}

/** Why something could not be read, for the same person. */
export function readingWords(reading: Exclude<Reading<unknown>, { kind: 'found' }>): string {
  if (reading.kind === 'invalid') return problemWords(reading.problem).join(' ');
  return reading.reason === 'busy'
    ? 'The appliance is busy; try again.'
    : 'The appliance does not answer; try again.';
}

/**
 * Why a basket is not taken with the line just put in: it could not be priced, or that line is no product. Null when
 * it is taken, with whatever else speaks against it.
 * @param added where that line stands and what it was scanned as; null when none was put in
 */
export function scanRefusal(
  asked: Reading<Quote>,
  added: { at: number; code: string } | null,
): string | null {
  if (asked.kind !== 'found') return readingWords(asked);
  const { reasons } = asked.value;
  const unknown = reasons.find(({ code, line }) => code === 'product_unknown' && line === added?.at);
  return unknown && added ? `${added.code}: ${unknown.hint}` : null;
}

/** The fields that are wrong where they are named, otherwise the problem in its own words. */
export function problemWords({ code, title, detail, errors }: Problem): string[] {
  // A person at a kiosk sends no processor tokens: they have scanned something.
  if (code === 'card_number_present') {
    return ['This looks like the number of a card, or a code with a wrong digit. Nothing was kept of it.'];
  }
  if (errors && errors.length > 0) return errors.map((error) => sentence(error.detail));
  return [sentence(title), ...(detail === undefined ? [] : [detail])];
}

/** What speaks against a basket now: with a link up, nothing that only central's absence makes a reason. */
export function reasonsNow(quote: Quote | null, online: boolean): Quote['reasons'] {
  const { reasons = [], offlineOnly = [] } = quote ?? {};
  if (!online) return reasons;
  return reasons.filter(
    ({ code, line }) => !offlineOnly.some((other) => other.code === code && other.line === line),
  );
}

/** A hint, with how many there are where that is known. */
export function withLeft(hint: string, left: number | undefined): string {
  return left === undefined ? hint : `${hint} Left: ${left}.`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
