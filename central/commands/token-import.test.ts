import { appendFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenTable } from '../charging/sqlite/tokens.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';

const desk: Desk = openDesk();
const header = 'token,processor,processor_token\n';
const tokenOf = (token: string, processor: string) => {
  const db = new Database(desk.file('central.db'));
  try {
    return createTokenTable(db, () => {}).tokenOf(token, processor);
  } finally {
    db.close();
  }
};

beforeAll(() => {
  appendFileSync(
    desk.config,
    `[processors.near]\nadapter = "stripe"\ntokenPrefixes = ["pm_"]
[processors.far]\nadapter = "stripe"\ntokenPrefixes = ["far_"]\n[[routing]]\nprocessors = ["near", "far"]\n`,
  );
});
afterAll(() => desk.remove());

describe('token import', () => {
  it('says what a card is called at another processor, and replaces what was said before', async () => {
    const file = desk.file('tokens.csv', `${header}pm_1,far,far_1\npm_2,far,far_2\n`);
    expect(await desk.json('token', 'import', file)).toEqual({ tokens: 2, changed: 2 });
    expect(await desk.json('token', 'import', file)).toEqual({ tokens: 2, changed: 0 });
    desk.file('tokens.csv', `${header}pm_2,far,far_3\n`);
    expect((await desk.run('token', 'import', file)).stdout).toBe('1 token read, 1 of them new or changed\n');
    expect(['pm_1', 'pm_2', 'pm_3'].map((token) => tokenOf(token, 'far'))).toEqual(['far_1', 'far_3', null]);
    expect(tokenOf('pm_1', 'near')).toBeNull();
  });

  it('takes a file of more than a piece', async () => {
    const lines = Array.from({ length: 1201 }, (_, i) => `pm_many_${i},far,far_many_${i}`);
    const file = desk.file('many.csv', header + lines.join('\n'));
    expect(await desk.json('token', 'import', file)).toEqual({ tokens: 1201, changed: 1201 });
    expect(tokenOf('pm_many_1200', 'far')).toBe('far_many_1200');
  });

  it('takes nothing of a file with a mistake, and repeats no card number', async () => {
    const file = desk.file(
      'wrong.csv',
      `${header}pm_9,far,far_9\npm_8,nowhere,x\n4242424242424242,far,far_4\n`,
    );
    const refused = await desk.run('token', 'import', file);
    expect(refused).toMatchObject(
      refusal(2, 'tokens_malformed', 'line 3, processor: use near or far', 'line 4, token'),
    );
    expect(refused.stderr).not.toContain('4242');
    expect(tokenOf('pm_9', 'far')).toBeNull();
  });
});
