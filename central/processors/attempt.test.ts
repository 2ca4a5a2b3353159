import { expect, it } from 'vitest';
import { type AttemptFacts, nameAttempt } from './attempt.ts';

const facts: AttemptFacts = {
  applianceId: 'box-1',
  documentId: '0197a1de-0000-7000-8000-000000000001',
  purpose: 'charge',
  number: 1,
};

it('gives the same attempt the same names for ever', () => {
  expect(nameAttempt(facts)).toEqual({
    reference: 'box-1.0197a1de-0000-7000-8000-000000000001.charge.1',
    idempotencyKey: 'a9e26fa3f659e279b92d86a47a3555114d5b8312308c462480bcadbb59694339',
  });
});

it.each<[string, Partial<AttemptFacts>]>([
  ['appliance', { applianceId: 'box-2' }],
  ['document', { documentId: '0197a1de-0000-7000-8000-000000000002' }],
  ['purpose', { purpose: 'refund' }],
  ['number', { number: 2 }],
])('names an attempt otherwise that has another %s', (_, change) => {
  const [one, other] = [nameAttempt(facts), nameAttempt({ ...facts, ...change })];
  expect(other.reference).not.toBe(one.reference);
  expect(other.idempotencyKey).not.toBe(one.idempotencyKey);
});
