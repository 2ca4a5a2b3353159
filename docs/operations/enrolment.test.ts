// The pages on enrolment, revocation and the root are true as far as words can be checked: their states, refusals and conditions are
// those of the program, and their configuration is taken.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../central/config.ts';
import { addressAttemptsMax, addressWindowMs } from '../../central/enrolment/attempts.ts';
import { authorityConditionCodes } from '../../central/enrolment/authority-state.ts';
import { EstConfig } from '../../central/enrolment/config.ts';
import { enrolmentStates, wrongAttemptsMax } from '../../central/enrolment/progress.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const section = (text: string, title: string) =>
  text.split('\n## ').find((part) => part.startsWith(title)) ?? '';
const names = (text: string) =>
  [...text.matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );

describe('enrolment.md', () => {
  const text = page('enrolment.md');

  it('explains every state, and none that there is not', () => {
    expect(names(section(text, 'How far each box got')).sort()).toEqual([...enrolmentStates].sort());
  });

  it('has a configuration that is taken, and names every key of it', () => {
    const [, toml = ''] = /```toml\n(.*?)```/s.exec(text) ?? [];
    const config = parseConfig(`dataFolder = "d"\nidentityFolder = "i"\n${toml}`, 'the page');
    expect(config.est).toMatchObject({ port: 8884, certificateDays: 90, renewalGraceDays: 60 });
    expect(names(section(text, 'Let boxes enrol here')).sort()).toEqual(Object.keys(EstConfig.shape).sort());
  });

  it('says how many wrong codes are too many', () => {
    expect([wrongAttemptsMax, addressAttemptsMax, addressWindowMs / 60_000]).toEqual([20, 10, 10]);
    expect(text).toContain('twenty wrong codes');
    expect(text).toContain('ten wrong codes from one address in ten minutes');
  });
});

it('root-ceremony.md explains every condition of the authority', () => {
  expect(names(section(page('root-ceremony.md'), 'What runs out')).sort()).toEqual(
    [...authorityConditionCodes].sort(),
  );
});

it('every command of the pages is one of the program', async () => {
  const pages = ['enrolment.md', 'revocation.md', 'replacement.md', 'root-ceremony.md'].map(page).join('\n');
  const program = readFileSync(
    join(import.meta.dirname, '..', '..', 'central', 'commands', 'groups.ts'),
    'utf8',
  );
  const groups = new Set([...pages.matchAll(/holdfast-central (\S+) (\S+)/g)].map(([, group = '']) => group));
  for (const group of groups) expect(program).toContain(`'${group}'`);
});
