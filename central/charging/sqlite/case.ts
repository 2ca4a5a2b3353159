// One checkout's money with everything that is known of it, as the rule reads it, and what all parts of charging share.
import type { FeedItem } from '../../../contract/feed.ts';
import type { OutcomeKind } from '../../../contract/verdict.ts';
import type { Authorisation } from '../../ledger/declared-answers.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import type { ReviewKind } from '../../people/reviews.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { CollectionFacts, Route } from '../facts.ts';
import { fallbackAfterMsUsual, isOwnToken, type RoutingRules, ruleFor } from '../route.ts';
import type { AttemptRow, AttemptTable } from './attempts.ts';
import type { CollectionData, CollectionTable, PaybackRow } from './collections.ts';

/** What a person is asked; where it is kept and how it is decided is another room's. */
export type OpenReview = (review: {
  kind: ReviewKind;
  applianceRef: number;
  documentId: string;
  attemptRef: number | null;
  amountMinor: number;
  currency: string;
  reason: string;
  nowMs: number;
}) => void;

/** A processor's name for a token that is not its own; null: it has none. */
export type TokenOf = (token: string, processor: string) => string | null;

export interface ChargingParts {
  routing: RoutingRules;
  tokenOf: TokenOf;
  books: Pick<Books, 'addMovement' | 'piece'>;
  appendFeed(applianceRef: number, items: FeedItem[]): void;
  /** The card is no longer taken, at any site. */
  refuseCard(fingerprint: string, nowMs: number): void;
  openReview: OpenReview;
  /** The merchant's own systems. */
  tellMerchant: Tell;
  /** A step has become due. */
  stepsDue(): void;
}

/** Everything of one checkout. */
export interface Case {
  data: CollectionData;
  attempts: AttemptRow[];
  paybacks: PaybackRow[];
  /** A kiosk's question is not answered yet. */
  asked: boolean;
}

export interface Cases {
  load(ref: number): Case;
  factsOf(one: Case): CollectionFacts;
  routeOf(data: RoutedData, broken: ReadonlySet<string>): Route;
  tell(one: Case, id: string, outcome: OutcomeKind, nowMs: number, declineCode?: string): void;
}

export type RoutedData = Pick<
  CollectionData,
  'checkoutId' | 'site' | 'currency' | 'totalMinor' | 'scheme' | 'token'
>;

/** Answers a pending checkout; what follows from it is the ledger's. */
export type AnswerAsked = (
  asked: { applianceRef: number; checkoutId: string; answer: Authorisation },
  nowMs: number,
) => FeedItem | null;

export const noneBroken: ReadonlySet<string> = new Set();

export function createCases(
  parts: ChargingParts,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  isAsked: (applianceRef: number, checkoutId: string) => boolean,
): Cases {
  const { routing, tokenOf } = parts;
  const { collections, attempts } = tables;

  const takes = (token: string, processor: string) => {
    const facts = routing.processors[processor];
    return facts !== undefined && (isOwnToken(token, facts) || tokenOf(token, processor) !== null);
  };

  return {
    load(ref) {
      const data = collections.get(ref);
      return {
        data,
        attempts: attempts.of(ref),
        paybacks: collections.paybacks(ref),
        asked: data.origin === 'online' && isAsked(data.applianceRef, data.checkoutId),
      };
    },
    factsOf: ({ data, attempts: made, paybacks, asked }) => ({
      wanted: data.wanted,
      totalMinor: data.totalMinor,
      capturedMinor: data.capturedMinor,
      refundedMinor: data.refundedMinor,
      lost: data.lostMinor > 0,
      heldFor: data.heldFor,
      asked,
      attempts: made,
      paybacks,
    }),
    routeOf(data, broken) {
      const rule = ruleFor(data, routing);
      return {
        candidates: rule?.processors.filter((processor) => takes(data.token, processor)) ?? [],
        otherOn: rule?.otherOn ?? [],
        keyLifeMs: (processor) => routing.processors[processor]?.keyLifeMs ?? 0,
        broken,
        reviewsRisk: routing.reviewsRisk ?? false,
        fallbackAfterMs: rule?.fallbackAfterMs ?? fallbackAfterMsUsual,
      };
    },
    tell({ data }, id, outcome, nowMs, declineCode) {
      const item: FeedItem = { kind: 'outcome', id, outcome, atMs: nowMs };
      const code = declineCode
        ?.toLowerCase()
        .replaceAll(/[^a-z0-9_]/g, '_')
        .slice(0, 64);
      parts.appendFeed(data.applianceRef, [code ? { ...item, declineCode: code } : item]);
      if (!isToldOutside(outcome)) return;
      const { about, said } = merchantWords(data, id);
      parts.tellMerchant(
        `checkout.${outcome}`,
        about,
        { ...said, ...(code && { declineCode: code }) },
        nowMs,
      );
    },
  };
}

/** What the merchant's systems are told of a checkout, or of a refund of it. */
export function merchantWords(
  {
    checkoutId,
    applianceId,
    currency,
    totalMinor,
  }: Pick<CollectionData, 'checkoutId' | 'applianceId' | 'currency' | 'totalMinor'>,
  id: string,
): { about: string; said: Record<string, unknown> } {
  return {
    about: id === checkoutId ? `checkout ${id}` : `refund ${id}`,
    said: { documentId: id, checkoutId, applianceId, currency, totalMinor },
  };
}

const toldOutside = ['captured', 'declined', 'refunded', 'disputed', 'settled'] as const;

function isToldOutside(outcome: OutcomeKind): outcome is (typeof toldOutside)[number] {
  return (toldOutside as readonly OutcomeKind[]).includes(outcome);
}

/** The token that a processor is told. */
export function tokenFor(parts: ChargingParts, token: string, processor: string): string | null {
  const facts = parts.routing.processors[processor];
  return facts && isOwnToken(token, facts) ? token : parts.tokenOf(token, processor);
}
