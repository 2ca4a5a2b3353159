import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../contract/kiosk-api.ts';
import type { BoxSeen } from './observe.ts';
import { lineText, readKeys, wantsColour } from './terminal.ts';
import { plainLines, type View, viewLines } from './view.ts';

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

const box: BoxSeen = { applianceId: 'appliance-1', status, answers: true, link: 'up' };

function viewOf(
  fields: Partial<View> = {},
  seen: Partial<BoxSeen> = {},
  whole: Partial<View['observation']> = {},
): View {
  return {
    observation: {
      boxes: [{ ...box, ...seen }],
      accounts: [
        { name: 'receivable:customer', currency: 'GBP', balanceMinor: 1_234_567 },
        { name: 'payable:payee:house', currency: 'GBP', balanceMinor: -1_234_567 },
      ],
      centralAnswers: true,
      ...whole,
    },
    chosen: 0,
    runningMs: 3_723_000,
    events: Array.from({ length: 50 }, (_, i) => ({ atMs: i * 1000, text: `kiosk 1  checkout  ${i}` })),
    signs: {
      places: ['appliance  http://127.0.0.1:20001', 'http://127.0.0.1:20002/#/welcome/once'],
      sale: ['curl -s http://127.0.0.1:20001/v1/status'],
    },
    keys: true,
    busy: null,
    ...fields,
  };
}

/** So many boxes, the last of them cut off. */
function fleetOf(count: number, fields: Partial<View> = {}): View {
  const boxes = Array.from(
    { length: count },
    (_, i): BoxSeen => ({ ...box, applianceId: `appliance-${i + 1}` }),
  );
  const cutOff: BoxSeen = {
    ...box,
    applianceId: `appliance-${count}`,
    link: 'cut',
    status: {
      ...status,
      link: { kind: 'offline', sinceMs: 0 },
      offline: { ...status.offline, sinceMs: 0 },
      journal: { ...status.journal, pending: 1234 },
    },
  };
  return viewOf(fields, {}, { boxes: [...boxes.slice(0, -1), cutOff] });
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
    for (const view of [viewOf(), fleetOf(20, { chosen: 19 })]) {
      const lines = text(view, rows, columns);
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });

  it('shows the last events, the newest at the bottom, and keeps its height while there are few', () => {
    const shown = text(viewOf());
    expect(shown.filter((line) => line.includes('kiosk 1')).at(-1)).toContain('checkout  49');
    expect(text(viewOf({ events: [] })).length).toBe(shown.length);
  });

  it('leaves out the sale and then the signs, never the keys, where there is little room', () => {
    expect(text(viewOf(), 24).join('\n')).toContain('curl');
    const low = text(viewOf(), 17).join('\n');
    expect(low).not.toContain('curl');
    expect(low).toContain('/#/welcome/once');
    const lowest = text(viewOf(), 14);
    expect(lowest.at(-1)).toContain('q quit');
    expect(lowest.join('\n')).not.toContain('http');
  });

  it('says what is wrong in words, not by colour alone', () => {
    expect(text(viewOf({}, { link: 'cut' })).join('\n')).toContain('cut here');
    expect(text(viewOf({}, { answers: false })).join('\n')).toContain('appliance does not answer');
    expect(text(viewOf({}, {}, { centralAnswers: false })).join('\n')).toContain('central does not answer');
    const conditions = [{ code: 'journal_full', hint: 'No new checkouts.', sinceMs: 0 }];
    expect(text(viewOf({}, { status: { ...status, conditions } })).join('\n')).toContain('No new checkouts.');
    expect(text(viewOf({ busy: 'killing the appliance' })).join('\n')).toContain('killing the appliance');
  });

  it('has something to say before the appliance has said anything', () => {
    const nothing = viewOf({}, { status: null, answers: false }, { accounts: [], centralAnswers: false });
    expect(text(nothing).join('\n')).toContain('starting');
    expect(plainLines(nothing)).toEqual(['01:02:03 link=up']);
  });

  it('is one line where there is no terminal', () => {
    expect(plainLines(viewOf())).toEqual([
      '01:02:03 link=up appliance=online journal=1234 received=1230 pending=4 checkout.approved_offline=1200 ' +
        'checkout.refused=4 void.approved_offline=10 refund.approved_offline=20 exposure=4021 ledger=1234567',
    ]);
  });
});

describe('the view of several boxes', () => {
  it('has a line for each, and says which of them sells offline and since when', () => {
    const shown = text(fleetOf(5));
    expect(
      shown.filter((line) => /appliance-[1-4] +selling online +1,204 +4 +40\.21 GBP$/.test(line)),
    ).toHaveLength(4);
    const cutOff = shown.find((line) => /^[ ›] appliance-5/.test(line)) ?? '';
    expect(cutOff).toMatch(/appliance-5 +selling offline since \d\d:\d\d:\d\d +1,204 +1,234 +40\.21 GBP$/);
    expect(shown[0]).toContain('cut off here: appliance-5');
    expect(shown.join('\n')).toContain('/#/welcome/once');
  });

  it('marks the chosen one, and the keys say its name', () => {
    const shown = text(fleetOf(5, { chosen: 1 }));
    expect(shown.filter((line) => line.startsWith('›')).join()).toContain('appliance-2');
    expect(shown.at(-1)).toContain('appliance-2: c cut its link');
  });

  it('shows those around the chosen one where there is no room for all', () => {
    const shown = text(fleetOf(20, { chosen: 12 }));
    expect(shown.filter((line) => line.startsWith('›')).join()).toContain('appliance-13');
    expect(shown.filter((line) => /^. appliance-/.test(line)).length).toBeLessThan(20);
    expect(text(fleetOf(20), 60).filter((line) => /^[ ›] appliance-/.test(line))).toHaveLength(20);
  });

  it('says so of one that does not answer, or has not noticed the cut yet', () => {
    expect(text(viewOf({}, {}, { boxes: [box, { ...box, answers: false }] })).join('\n')).toContain(
      'does not answer',
    );
    expect(text(viewOf({}, {}, { boxes: [box, { ...box, link: 'cut' }] })).join('\n')).toContain(
      'not noticed yet',
    );
  });

  it('is a line each where there is no terminal, with the ledger once', () => {
    const lines = plainLines(fleetOf(3));
    expect(lines.map((line) => line.slice(9, 29))).toEqual([
      'appliance-1 link=up ',
      'appliance-2 link=up ',
      'appliance-3 link=cut',
    ]);
    expect(lines.filter((line) => line.includes('ledger='))).toHaveLength(1);
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

it('hears an arrow as one key, and what is typed at once as one each', () => {
  const stdin = Object.assign(new PassThrough(), { setRawMode: () => {} });
  const keys: string[] = [];
  const close = readKeys(stdin as unknown as ReadStream, (key) => keys.push(key));
  stdin.emit('data', Buffer.from('c\x1b[A\x1b[Brq'));
  stdin.emit('data', Buffer.from('\x1bOA\x03'));
  close();
  expect(keys).toEqual(['c', '\x1b[A', '\x1b[B', 'r', 'q', '\x1b[A', '\x03']);
});
