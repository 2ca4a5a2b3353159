import { describe, expect, it } from 'vitest';
import { comparePlanted, type FoundException, type PlantedFault, type SetAside } from './planted.ts';

const fault = (fields: Partial<PlantedFault> = {}): PlantedFault => ({
  side: 'report',
  kind: 'row_missing',
  target: 'txn_1',
  also: [],
  ourReference: 'box.1.charge.1',
  payout: 'po_1',
  ...fields,
});
const exception = (...references: string[]): FoundException => ({ ref: 7, status: 'missing', references });
const nothing: ReadonlySet<string> = new Set();
const compare = (
  planted: PlantedFault[],
  found: FoundException[],
  setAside: SetAside[] = [],
  known = nothing,
) => comparePlanted(planted, found, setAside, known);

describe('what was planted and what was found', () => {
  it.each([
    ['our reference', 'box.1.charge.1'],
    ['the row', 'txn_1'],
    ['the payout that does not come out', 'po_1'],
  ])('agree when an exception tells of a fault by %s', (_, reference) => {
    expect(compare([fault()], [exception('other', reference)])).toEqual({ unseen: [], unexplained: [] });
  });

  it('agree when a line that cannot be read is set aside with its name', () => {
    const aside = { file: 'report.csv', line: 3, text: 'txn_1,2026-13-01' };
    expect(compare([fault({ kind: 'date_malformed' })], [], [aside]).unseen).toEqual([]);
  });

  it('agree when several payouts come in one entry: they are matched all the same', () => {
    const joined = fault({ side: 'bank', kind: 'entries_joined', target: 'po_1', also: ['po_2'] });
    expect(compare([joined], []).unseen).toEqual([]);
  });

  it('differ by a fault that nobody found', () => {
    expect(compare([fault()], []).unseen).toEqual(['report: row_missing on txn_1 was planted and not found']);
  });

  it('differ by an exception that nobody planted, unless it is known for another reason', () => {
    const found = [exception('box.2')];
    expect(compare([], found).unexplained).toEqual(['exception 7: missing of box.2 was not planted']);
    expect(compare([], found, [], new Set(['box.2'])).unexplained).toEqual([]);
  });
});
