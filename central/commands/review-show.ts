// `review show`: one review, everything that was said about it, and what the ledger knows of its document.
import type { Command } from 'commander';
import type { AttemptView } from '../charging/port.ts';
import { readConfig } from '../config.ts';
import type { DocumentRow, MovementView } from '../ledger/views.ts';
import { moneyWords } from '../money-words.ts';
import { checkoutIdOf } from '../people/review-routes.ts';
import { countArgument, databaseCommand } from './command.ts';
import { momentWords } from './moment.ts';
import { readStore } from './open-store.ts';
import { eventWords, reviewUnknown, reviewWords } from './review-words.ts';

export function reviewShow(): Command {
  return databaseCommand(
    {
      name: 'show',
      description:
        'show one review with both histories: what people said and was booked, and what processors answered',
      arguments: [['<number>', 'its number']],
      examples: ['review show 12 --config central.toml'],
    },
    (dataFolder, options: { config: string }, given: string) => {
      const number = countArgument('<number>', given);
      const rules = readConfig(options.config).reviews;
      const shown = readStore(dataFolder, (store) => {
        const review = store.review(number);
        if (review === null) throw reviewUnknown(number);
        const { applianceId } = review;
        const documents = store.document(review.documentId).filter((one) => one.applianceId === applianceId);
        const checkoutId = checkoutIdOf(review, documents);
        return { review, documents, collection: store.collection({ applianceId, checkoutId }) };
      });
      const { review, documents, collection } = shown;
      const lines = [
        reviewWords(review, rules),
        ...eventWords(review),
        ...documents.flatMap(documentWords),
        ...(collection?.attempts ?? []).flatMap(attemptWords),
      ];
      return { result: shown, words: lines.join('\n') };
    },
  );
}

function attemptWords({ reference, processor, state, events }: AttemptView): string[] {
  return [
    `  ${processor} ${reference}: ${state}`,
    ...events.map(({ kind, detail, atMs }) => `  ${momentWords(atMs)}  ${kind}: ${detail}`),
  ];
}

function documentWords(document: DocumentRow & { movements: MovementView[] }): string[] {
  const { kind, verdict, state, currency, totalMinor, atMs } = document;
  return [
    `  ${momentWords(atMs)}  ${kind} ${verdict}, ${state}, ${moneyWords(totalMinor, currency)}`,
    ...document.movements.map(({ id, reason, bookedMs, postings }) => {
      const lines = postings.map(
        ({ account, currency, amountMinor }) => `${account} ${moneyWords(amountMinor, currency)}`,
      );
      return `  ${momentWords(bookedMs)}  movement ${id} ${reason}: ${lines.join(', ')}`;
    }),
  ];
}
