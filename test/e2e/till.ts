// A kiosk as the tests of charging use it: one product, whose basket is paid by any token, and what becomes of it.
import { expect } from 'vitest';
import type { Checkout, KioskClient, Submission } from '../../kiosk/client.ts';
import { readProducts } from '../../trial/start/shopping.ts';
import { catalogueFile } from './shop.ts';

const product = readProducts(catalogueFile)[0] ?? expect.fail('no product');
export const totalMinor = product.price.priceMinor;

export function answerOf(submission: Submission) {
  if (!('answer' in submission)) return expect.fail(JSON.stringify(submission));
  return submission.answer;
}

export async function sellBy(kiosk: KioskClient, token: string, mode: Checkout['mode'] = 'offline_ok') {
  const basket: Checkout = {
    lines: [{ sku: product.sku, quantity: product.price.baseQuantity }],
    currency: 'GBP',
    totalMinor,
    payment: { token, fingerprint: `fp_${token}`, scheme: 'visa', last4: '4242' },
    mode,
  };
  return answerOf(await kiosk.checkout(basket));
}

/** Resolves once the kiosk is told so of its checkout or refund. */
export function untilOutcome(
  kiosk: KioskClient,
  id: string,
  outcome: string,
  timeoutMs = 30_000,
): Promise<void> {
  const told = async () => {
    const view = await kiosk.get(id);
    return view.kind === 'found' && view.value.outcome?.kind;
  };
  return expect.poll(told, { timeout: timeoutMs, interval: 100 }).toBe(outcome);
}
