import { expect, it } from 'vitest';
import { auditCsv, auditQuery } from './audit-view.ts';

const all = { action: '', about: '', who: '', from: '', to: '' };

it('asks for what somebody typed, and for whole days of the zone that is shown', () => {
  expect(`${auditQuery(all, 'UTC')}`).toBe('');
  const view = { action: 'key.create', about: '', who: 'ann', from: '2026-10-25', to: '2026-10-25' };
  const query = auditQuery(view, 'Europe/London');
  expect(Object.fromEntries(query)).toEqual({
    ...{ action: 'key.create', who: 'ann' },
    fromMs: String(Date.parse('2026-10-24T23:00Z')),
    // A day of 25 hours.
    untilMs: String(Date.parse('2026-10-26T00:00Z')),
  });
  expect(`${auditQuery({ ...all, to: 'tomorrow' }, 'UTC')}`, 'no day, no end').toBe('');
});

it('writes records that no spreadsheet takes for a formula', () => {
  const actor = { kind: 'person', name: 'ann', role: 'admin', from: '10.0.0.7' } as const;
  const record = { number: 7, atMs: 0, actor, action: 'site.create', about: '=HYPERLINK("x")', hash: 'a1' };
  expect(auditCsv([{ ...record, detail: { note: 'a, "b"' } }])).toBe(
    'number,at,who,from,action,about,detail,hash\r\n' +
      '7,1970-01-01T00:00:00.000Z,"ann, admin",10.0.0.7,site.create,"\'=HYPERLINK(""x"")","{""note"":""a, \\""b\\""""}",a1\r\n',
  );
});
