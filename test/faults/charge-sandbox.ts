// The adapter for Stripe at a sandbox whose clock is turned by hand, and the rules that lead there.
import type { RoutingRules } from '../../central/charging/route.ts';
import type { ProcessorPort } from '../../central/processors/port.ts';
import { createStripeProcessor } from '../../central/processors/stripe.ts';
import type { StepsParts } from './charge-steps.ts';

export const stripeRouting: RoutingRules = {
  processors: { stripe: { keyLifeMs: 24 * 3_600_000, tokenPrefixes: ['pm_'] } },
  rules: [{ when: {}, processors: ['stripe'], otherOn: [] }],
};

/** @param calledAt another place for the calls: one that is down */
export async function openSandboxStripe(
  url: URL,
  calledAt = url,
): Promise<{ processor: ProcessorPort; clock: StepsParts['clock'] }> {
  const told = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), init);
    return ((await answer.json()) as { nowMs: number }).nowMs;
  };
  const state = { nowMs: await told('GET', '/sandbox/clock') };
  const clock = {
    nowMs: () => state.nowMs,
    async advance(ms: number) {
      state.nowMs = await told('POST', '/sandbox/clock/advance', { ms });
    },
  };
  const processor = createStripeProcessor({
    secretKey: 'sk_test_any',
    webhookSecrets: [],
    baseUrl: calledAt,
    callMsMax: 150,
    clock: { wallMs: clock.nowMs },
  });
  return { processor, clock };
}
