// What central refuses, as a table: each has a code of ours and words that say what to do.
import { describe, expect, it } from 'vitest';
import { refusal } from './refusal.ts';

const words = (status: number, body: string, retryAfter = '') =>
  refusal({ status, body, retryAfter }, 'simpleenroll');

describe('a refusal of central', () => {
  it.each([
    [401, 'code_refused: this code was used', 'code_refused', /code was used/],
    [401, 'certificate_missing: none came', 'central_refused', /none came/],
    [403, 'appliance_denied: retired', 'certificate_revoked', /retired/],
    [429, 'attempts_exceeded: wait', 'too_many_attempts', /no more attempts/],
    [429, 'too_many_attempts: wait', 'too_many_attempts', /no more attempts/],
    [403, 'certificate_revoked: stolen on 3 May', 'certificate_revoked', /stolen on 3 May/],
    [403, 'renewal_window_passed: 61 days ago', 'renewal_window_passed', /61 days ago/],
    [400, 'request_malformed: not P-256', 'central_refused', /request_malformed, not P-256/],
    [503, 'busy: try later', 'central_unreachable', /try later/],
    [502, '<html>\n<h1>Bad gateway</h1>', 'central_unreachable', /<html>/],
    [404, '', 'central_refused', /status 404/],
  ])('%i "%s" is %s', (status, body, code, message) => {
    expect(words(status, body)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('tells how long to wait when central says so', () => {
    expect(words(429, 'too_many_attempts: wait', '120').hint).toMatch(/^Wait 120 s,/);
    expect(words(429, 'too_many_attempts: wait', 'Tue, 24 Nov').hint).toMatch(/^Wait a while,/);
  });

  it('cannot reach into the terminal, nor fill it', () => {
    const { message } = words(403, `x: \u001b[2J${'long '.repeat(1000)}\nsecond line`);
    expect(message).not.toContain('\u001b');
    expect(message).not.toContain('second');
    expect(message.length).toBeLessThan(400);
  });
});
