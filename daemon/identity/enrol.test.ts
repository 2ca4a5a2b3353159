// Where an enrolment begins, as a table; its steps are tried with real processes in test/.
import { expect, it } from 'vitest';
import { startOf } from './enrol.ts';
import { parseSlip } from './slip.ts';
import type { Enrolment } from './work.ts';

const slip = (code: string) =>
  parseSlip(
    JSON.stringify({
      v: 1,
      est: 'https://central.example',
      appliance: 'leeds-1',
      code,
      root: '0a'.repeat(32),
    }),
  );
const [first, second] = [slip('AAAA-AAAA-AAAA-AAAA'), slip('BBBB-BBBB-BBBB-BBBB')];
const underWay: Enrolment = { at: 'root_trusted', slip: first, rootPem: 'x' };

it('begins with the slip that is given', () => {
  expect(startOf(first, null)).toEqual({ at: 'slip_read', slip: first });
});

it('goes on where it was when the same slip is given again, or none', () => {
  expect(startOf(first, underWay)).toBe(underWay);
  expect(startOf(null, underWay)).toBe(underWay);
});

it('begins anew with another slip, and forgets key and certificate of the one before', () => {
  expect(startOf(second, underWay)).toEqual({ at: 'slip_read', slip: second });
});

it('has nowhere to begin without a slip and without work', () => {
  expect(startOf(null, null)).toBeNull();
});
