// What a technician sees of the log: its newest warnings and errors, bounded, and nothing that is secret.
import { expect, it } from 'vitest';
import type { LeveledLog } from '../../kit/log.ts';
import { keepTroubles } from './troubles.ts';

function keeping() {
  const lines: string[] = [];
  const say = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const under: LeveledLog = { debug: say, info: say, warn: say, error: say, level: 'info' };
  let now = 1000;
  return { lines, under, ...keepTroubles(under, () => now++) };
}

it('keeps what warns and what failed, the newest first, and passes every line on', () => {
  const { log, troubles, lines } = keeping();
  log.info({}, 'all is well');
  log.warn({ code: 'link_lost', reason: 'read ECONNRESET' }, 'the link is down');
  log.error({ code: 'ENOSPC', file: 'a' }, 'cannot write');
  expect(troubles()).toEqual([
    { atMs: 1001, level: 'error', message: 'cannot write', code: 'ENOSPC', detail: 'file: a', times: 1 },
    {
      atMs: 1000,
      level: 'warn',
      message: 'the link is down',
      code: 'link_lost',
      detail: 'reason: read ECONNRESET',
      times: 1,
    },
  ]);
  expect(lines).toHaveLength(3);
});

it('counts the same again, with its newest words, in place of a line more', () => {
  const { log, troubles } = keeping();
  log.warn({ failures: 1 }, 'the link is down');
  log.error({}, 'another');
  log.warn({ failures: 14 }, 'the link is down');
  expect(troubles().map(({ message, times, detail, atMs }) => [message, times, detail, atMs])).toEqual([
    ['the link is down', 2, 'failures: 14', 1002],
    ['another', 1, '', 1001],
  ]);
});

it('holds thirty lines of a bounded length, whatever is logged', () => {
  const { log, troubles } = keeping();
  for (let n = 0; n < 10_000; n++)
    log.error({ n, much: 'x'.repeat(5000) }, `failed ${n} ${'y'.repeat(1000)}`);
  expect(troubles()).toHaveLength(30);
  expect(troubles()[0]?.message).toMatch(/^failed 9999 /);
  expect(JSON.stringify(troubles()).length).toBeLessThan(30 * 700);
});

it.each([
  ['a kiosk’s token', { authorization: 'Bearer hf_k_abcdefghijklmnopqrstuvwxyz' }, 'hf_k_'],
  ['a payment token', { error: 'charging tok_12345678 failed' }, 'tok_12345678'],
  ['a number of a card', { error: 'got 4242 4242 4242 4242' }, '4242'],
  ['a pairing code as code', { code: 'K0Q12XVN' }, 'K0Q12XVN'],
  ['a PIN', { pin: '830527' }, '830527'],
  ['a key', { pem: '-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----' }, 'MIGH'],
])('keeps nothing of %s', (_, fields, secret) => {
  const { log, troubles } = keeping();
  log.error(fields, 'something failed');
  expect(JSON.stringify(troubles())).not.toContain(secret);
});

it('is a log whose level may change', () => {
  const { log, under } = keeping();
  log.level = 'debug';
  expect([log.level, under.level]).toEqual(['debug', 'debug']);
});
