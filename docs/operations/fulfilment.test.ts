// The page on fulfilment is true as far as words can be checked: its reasons are those of the rule, all of them, and the
// bodies it shows are taken at the door.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Fulfilment, FulfilmentStep, LinkedRefund } from '../../contract/checkout.ts';
import { reasonHints } from '../../contract/verdict.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
const page = read('docs/operations/fulfilment.md');

it('explains every reason of the rules of fulfilment and of refunds by line, and none that there is not', () => {
  const [, table = ''] = /^## When it is refused\n(.*)/ms.exec(page) ?? [];
  const codes = [...table.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
  expect(codes.filter((code) => !Object.hasOwn(reasonHints, code))).toEqual([]);
  const rules = read('daemon/checkout/fulfil.ts') + read('daemon/checkout/refund.ts');
  const given = new Set([...rules.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, code = '']) => code));
  const general = ['checkout_not_approved', 'already_voided', 'currency_not_accepted'];
  const own = [...given].filter((code) => Object.hasOwn(reasonHints, code) && !general.includes(code));
  expect(own.length).toBeGreaterThan(9);
  expect(own.filter((code) => !codes.includes(code))).toEqual([]);
});

it('shows bodies of every step and of refunds that are taken', () => {
  const steps = [...page.matchAll(/^\| `(\{"step".*?\})` \|/gm)].map(([, body = '']) =>
    Fulfilment.parse(JSON.parse(body)),
  );
  expect(steps.map(({ step }) => step)).toEqual(FulfilmentStep.options);
  const refunds = [...page.matchAll(/^\| `("(?:lines|currency)".*?)` \|/gm)].map(([, fields = '']) =>
    JSON.parse(`{${fields}}`),
  );
  const rest = { checkoutId: '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d', reason: 'damaged' };
  expect(refunds.length).toBe(2);
  for (const refund of [{}, ...refunds]) LinkedRefund.parse({ ...rest, ...refund });
});
