// The story of one checkout in the order of time: what the box wrote, what processors were asked and said, what people decided.
// Pure.
import type { Hops } from '../../latency/hops.ts';
import type { Story } from '../money-answers.ts';
import { reviewWords } from './money-words.ts';
import { moneyWords, plainWords, spanWords, type Tone } from './words.ts';

export interface Told {
  /** Tells the lines apart. */
  key: string;
  atMs: number;
  /** Who did it; the box by its own clock. */
  where: 'box' | 'central' | 'processor' | 'merchant' | 'person';
  what: string;
  about: string;
  tone: Tone;
  /** A review, by its number. */
  review?: number;
}

/**
 * The earliest first; what is of one moment stays in the order of cause and effect.
 * @param hops of the checkout's own entry
 */
export function storyOf(story: Story, hops: Hops | null): Told[] {
  const [first] = story.entries;
  const arrived: Told[] =
    first === undefined || hops === null || hops.receivedMs === null
      ? []
      : [
          {
            key: 'arrived',
            atMs: hops.receivedMs,
            where: 'central',
            what: `${plainWords(first.kind)} arrived`,
            about: wayWords(hops),
            tone: 'quiet',
          },
        ];
  const entries = story.entries.flatMap((entry): Told[] => [
    {
      key: `entry ${entry.journalId} ${entry.seq}`,
      atMs: entry.atMs,
      where: 'box',
      what: plainWords(entry.kind),
      about: [plainWords(entry.verdict).toLowerCase(), entry.slip !== null && `slip ${entry.slip}`]
        .filter(Boolean)
        .join(', '),
      tone: verdictTone(entry.verdict),
    },
    {
      key: `booked ${entry.journalId} ${entry.seq}`,
      atMs: entry.bookedMs,
      where: 'central',
      what: `${plainWords(entry.kind)} ${entry.state}`,
      about: `entry ${entry.seq} of the journal`,
      tone: 'quiet',
    },
  ]);
  const calls = (story.collection?.attempts ?? []).flatMap((attempt) =>
    attempt.events.map(
      ({ kind, detail, atMs }, i): Told => ({
        key: `call ${attempt.ref} ${i}`,
        atMs,
        where: kind === 'sent' ? 'central' : 'processor',
        what: `${plainWords(attempt.purpose)} ${attempt.number}: ${kind.replaceAll('_', ' ')}`,
        about:
          kind === 'sent'
            ? `${moneyWords(attempt.amountMinor, attempt.currency)} at ${attempt.processor}`
            : detail,
        tone: kind === 'answered' ? answerTone(detail) : 'quiet',
      }),
    ),
  );
  const webhooks = story.webhooks.map(
    ({ ref, processor, type, receivedMs, state, copies }): Told => ({
      key: `webhook ${ref}`,
      atMs: receivedMs,
      where: 'processor',
      what: `${plainWords(processor)} told ${type}`,
      about: `${state}${copies === 0 ? '' : `, ${copies} more times`}`,
      tone: state === 'dead' ? 'bad' : 'quiet',
    }),
  );
  const told = story.told.map(
    (one): Told => ({
      key: `told ${one.number}`,
      atMs: one.toldMs,
      where: 'merchant',
      what: `Webhook ${one.type}`,
      about: `to ${one.host}, endpoint ${one.endpoint}: ${deliveryWords(one)}`,
      tone: one.state === 'dead' ? 'bad' : one.state === 'waiting' && one.tries > 0 ? 'warn' : 'quiet',
    }),
  );
  const reviews = story.reviews.map(
    ({ number, kind, reason, state, decision, openedMs }): Told => ({
      key: `review ${number}`,
      atMs: openedMs,
      where: 'person',
      what: `Review ${number}: ${reviewWords[kind].words.toLowerCase()}`,
      about: `${reason.replaceAll('_', ' ')}; ${decision === null ? 'open' : `${state}: ${decision.replaceAll('_', ' ')}`}`,
      tone: state === 'decided' ? 'quiet' : 'warn',
      review: number,
    }),
  );
  const known = [...entries.slice(0, 1), ...arrived, ...entries.slice(1), ...calls, ...webhooks, ...told];
  return [...known, ...reviews].sort((a, b) => a.atMs - b.atMs);
}

function deliveryWords({ state, tries, toldMs, endedMs, status, error }: Story['told'][number]): string {
  const last = status === null ? error : `answered ${status}`;
  const often = tries === 1 ? '1 try' : `${tries} tries`;
  switch (state) {
    case 'delivered':
      return `delivered after ${spanWords((endedMs ?? toldMs) - toldMs, 'exact')}${tries > 1 ? `, ${often}` : ''}`;
    case 'dead':
      return `given up after ${often}, ${last}`;
    case 'waiting':
      return tries === 0 ? 'on its way' : `not taken after ${often}, ${last}`;
  }
}

function wayWords({ waitingOfflineMs, sendingMs }: Hops): string {
  return [
    waitingOfflineMs ? `waited offline ${spanWords(waitingOfflineMs, 'exact')}` : null,
    sendingMs === null ? null : `sent in ${spanWords(sendingMs, 'exact')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function verdictTone(verdict: string): Tone {
  if (verdict === 'declined' || verdict === 'refused') return 'bad';
  return verdict === 'pending' ? 'warn' : 'good';
}

function answerTone(detail: string): Tone {
  if (detail.startsWith('approved')) return 'good';
  return detail.startsWith('declined') || detail.startsWith('rejected') ? 'bad' : 'warn';
}
