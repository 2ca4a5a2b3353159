// Adyen's side of the sandbox, put together: its API, its webhooks and its own interface.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { SandboxClock } from '../clock.ts';
import { createKeys } from '../idempotency.ts';
import { createWebhooks } from '../webhooks.ts';
import { answerAdyenAdmin } from './admin.ts';
import type { Answer } from './answer.ts';
import { createBooks } from './books.ts';
import { answerDownload, isReportPath, type ReportUser, reportOperation } from './downloads.ts';
import { type AdyenParts, answerAdyen, isAdyenPath, keyLifeMs, operationNames } from './gateway.ts';
import { bodyOf, dressAsAdyen, eventIdOf } from './notifications.ts';

export interface Adyen {
  /** For the acts that may be ordered. */
  operationNames: readonly string[];
  /** Whether a request to this path is for its API. */
  owns(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Whether it is for its part of the sandbox's own interface. */
  ownsAdmin(path: string): boolean;
  answerAdmin(context: Context): Promise<void>;
  clear(): void;
}

export function createAdyen(clock: SandboxClock, parts: Omit<AdyenParts, 'books' | 'keys'>): Adyen {
  const keys = createKeys<Answer>(clock, keyLifeMs);
  const webhooks = createWebhooks(clock, dressAsAdyen);
  let told = 0;
  let reportUser: ReportUser | null = null;
  const books = createBooks(clock, (notification) => {
    told++;
    webhooks.send(eventIdOf(notification), notification.eventCode, () => bodyOf(notification));
  });
  return {
    operationNames: [...operationNames, reportOperation],
    owns: (path) => isAdyenPath(path) || isReportPath(path),
    answer: (request, response) =>
      isReportPath(request.url ?? '')
        ? answerDownload(request, response, { ...parts, books }, reportUser)
        : answerAdyen(request, response, { ...parts, books, keys }),
    ownsAdmin: (path) => path.startsWith('/sandbox/adyen/'),
    answerAdmin: (context) =>
      answerAdyenAdmin(context, {
        ...{ books, webhooks, told: () => told },
        setReportUser(user) {
          reportUser = user;
        },
      }),
    clear() {
      told = 0;
      reportUser = null;
      for (const part of [books, keys, webhooks]) part.clear();
    },
  };
}
