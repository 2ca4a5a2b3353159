import { describe, expect, it } from 'vitest';
import type { Status } from '../../contract/kiosk-api.ts';
import { lineText, wantsColour } from './terminal.ts';
import { plainLine, type View, viewLines } from './view.ts';

const status: Status = {
  applianceId: 'appliance-1',
  release: '0.1.0',
  link: { kind: 'online', sinceMs: 0 },
  journal: {
    journalId: '00000000-0000-4000-8000-000000000001',
    lastSeq: 1234,
    receivedThrough: 1230,
    pending: 4,
  },
  feed: { appliedThrough: 9 },
  certificate: { notAfterMs: 1_797_000_000_000, daysLeft: 81 },
  catalogue: { version: 1, products: 40, ageMs: 60_000 },
  policy: { version: 2, ageMs: 60_000 },
  offline: { sinceMs: null, moneyLeftMinor: 245_979, timeLeftMs: null },
  exposure: { totalMinor: 4021, limitMinor: 250_000, currency: 'GBP' },
  verdicts: {
    'checkout approved_offline': 1200,
    'checkout refused': 4,
    'void approved_offline': 10,
    'refund approved_offline': 20,
  },
  cardNumbersRefused: 0,
  stockLow: { items: [], more: false },
  conditions: [],
};

function viewOf(fields: Partial<View> = {}, seen: Partial<View['observation']> = {}): View {
  return {
    observation: {
      status,
      applianceAnswers: true,
      accounts: [
        { name: 'receivable:customer', currency: 'GBP', balanceMinor: 1_234_567 },
        { name: 'payable:payee:house', currency: 'GBP', balanceMinor: -1_234_567 },
      ],
      centralAnswers: true,
      ...seen,
    },
    link: 'up',
    runningMs: 3_723_000,
    events: Array.from({ length: 50 }, (_, i) => ({ atMs: i * 1000, text: `kiosk 1  checkout  ${i}` })),
    signs: ['appliance  http://127.0.0.1:20001', 'curl -s http://127.0.0.1:20001/v1/status'],
    keys: true,
    busy: null,
    ...fields,
  };
}

const text = (view: View, rows = 24, columns = 80) =>
  viewLines(view, rows).map((line) => lineText(line, columns, false));

describe('the view', () => {
  it('says link, checkouts, verdicts, received position, pending, exposure and ledger total', () => {
    const shown = text(viewOf()).join('\n');
    expect(shown).toContain('running 01:02:03');
    expect(shown).toMatch(/link +whole, the appliance says online/);
    expect(shown).toMatch(/checkouts +1,204 +voids 10 +refunds 20/);
    expect(shown).toMatch(/verdicts +approved offline 1,230 +refused 4/);
    expect(shown).toMatch(/received +through 1,230 +pending 4/);
    expect(shown).toMatch(/exposure +40\.21 GBP .* of 2,500\.00 GBP/);
    expect(shown).toMatch(/ledger +12,345\.67 GBP/);
    expect(shown).toContain('q quit');
  });

  it.each([
    [24, 80],
    [40, 132],
    [12, 40],
    [1, 1],
  ])('fits %i rows of %i columns', (rows, columns) => {
    const lines = text(viewOf(), rows, columns);
    expect(lines.length).toBeLessThanOrEqual(rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
  });

  it('shows the last events, the newest at the bottom, and keeps its height while there are few', () => {
    const shown = text(viewOf());
    expect(shown.filter((line) => line.includes('kiosk 1')).at(-1)).toContain('checkout  49');
    expect(text(viewOf({ events: [] })).length).toBe(shown.length);
  });

  it('leaves out the signs, never the keys, where there is little room', () => {
    const shown = text(viewOf(), 14);
    expect(shown.at(-1)).toContain('q quit');
    expect(shown.join('\n')).not.toContain('curl');
  });

  it('says what is wrong in words, not by colour alone', () => {
    expect(text(viewOf({ link: 'cut' })).join('\n')).toContain('cut here');
    expect(text(viewOf({}, { applianceAnswers: false })).join('\n')).toContain('appliance does not answer');
    expect(text(viewOf({}, { centralAnswers: false })).join('\n')).toContain('central does not answer');
    const conditions = [{ code: 'journal_full', hint: 'No new checkouts.', sinceMs: 0 }];
    expect(text(viewOf({}, { status: { ...status, conditions } })).join('\n')).toContain('No new checkouts.');
    expect(text(viewOf({ busy: 'killing the appliance' })).join('\n')).toContain('killing the appliance');
  });

  it('has something to say before the appliance has said anything', () => {
    const nothing = { status: null, applianceAnswers: false, accounts: [], centralAnswers: false };
    expect(text(viewOf({}, nothing)).join('\n')).toContain('starting');
    expect(plainLine(viewOf({}, nothing))).toBe('01:02:03 link=up');
  });

  it('is one line where there is no terminal', () => {
    expect(plainLine(viewOf())).toBe(
      '01:02:03 link=up appliance=online journal=1234 received=1230 pending=4 checkout.approved_offline=1200 ' +
        'checkout.refused=4 void.approved_offline=10 refund.approved_offline=20 exposure=4021 ledger=1234567',
    );
  });
});

describe('a painted line', () => {
  const line = [
    { text: 'link ', tone: 'dim' },
    { text: 'whole', tone: 'good' },
  ] as const;

  it('is coloured, or the same text without', () => {
    expect(lineText([...line], 80, true)).toBe('\x1b[2mlink \x1b[0m\x1b[32mwhole\x1b[0m');
    expect(lineText([...line], 80, false)).toBe('link whole');
  });

  it('is cut by what is seen, not by what colours it', () => {
    expect(lineText([...line], 7, true)).toBe('\x1b[2mlink \x1b[0m\x1b[32mwh\x1b[0m');
  });

  it('respects NO_COLOR', () => {
    expect(wantsColour({ TERM: 'xterm' })).toBe(true);
    expect(wantsColour({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ TERM: 'dumb' })).toBe(false);
  });
});
