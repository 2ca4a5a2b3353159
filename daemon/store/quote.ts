// A quote: the judgement a checkout would get now. It reads what a checkout reads and writes nothing.
import { alone, judgeCheckout } from '../checkout/decide.ts';
import { withHint } from './answer.ts';
import type { Catalogue } from './catalogue.ts';
import type { Ask, QuoteAnswer } from './commands.ts';
import type { ReadFacts } from './facts.ts';
import type { Policies } from './policy.ts';

export function quote(
  { catalogue, policies, readFacts }: { catalogue: Catalogue; policies: Policies; readFacts: ReadFacts },
  { asked, kiosk }: Ask<'quote'>,
): QuoteAnswer {
  const { inForce } = policies;
  if (!catalogue.inForce) return { kind: 'unaccepted', code: 'catalogue_missing' };
  if (!inForce) return { kind: 'unaccepted', code: 'policy_missing' };
  const facts = readFacts({ id: null, asked, payment: asked.payment, kiosk }, inForce);
  const judgement = judgeCheckout(asked, facts, inForce.policy);
  const { verdict, reasons } = alone(judgement);
  const { bill, lines } = judgement.pricing;
  return {
    kind: 'quoted',
    quote: {
      verdict: verdict === 'approved_offline' ? verdict : 'refused',
      reasons: reasons.map(withHint),
      offlineOnly: judgement.offlineRefusals.map(withHint),
      cardChecked: asked.payment !== undefined,
      currency: asked.currency,
      totalMinor: bill?.totalMinor ?? null,
      lines: lines.map((line, i) => line && { ...line, left: facts.goods[i]?.available ?? null }),
      taxes: bill?.taxes ?? [],
      catalogueVersion: catalogue.inForce.version,
      policyVersion: inForce.version,
    },
  };
}
