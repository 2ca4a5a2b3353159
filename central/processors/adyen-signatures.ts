// Whether a webhook is Adyen's: every item carries a signature of its own, by a key that only Adyen and we have. It covers
// references, account, amount, code and success, not the time and not the reason: so the header of the request can be
// asked for user and password as well. Source: https://docs.adyen.com/development-resources/webhooks/secure-webhooks.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js';
import { hmacValidator } from '@adyen/api-library/lib/src/utils/index.js';
import type { NotificationItem } from './adyen-notifications.ts';

export interface WebhookUser {
  username: string;
  password: string;
}

/** @param keys two while a key is being replaced */
export function isSigned(item: NotificationItem, keys: readonly string[]): boolean {
  const validator = new hmacValidator();
  return keys.some((key) => {
    try {
      // The library's type names the event codes of today, which a new one must not fail.
      return validator.validateHMAC(item as unknown as NotificationRequestItem, key);
    } catch {
      return false;
    }
  });
}

/** By hashes, so that neither the length nor the first wrong letter shows in the time it takes. */
export function isUser(authorization: string, { username, password }: WebhookUser): boolean {
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(authorization), hash(wanted));
}
