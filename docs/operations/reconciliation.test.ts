// The page on reconciliation is true as far as words can be checked: its statuses and actions are those of the program, all of
// them, and its rule file is taken.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exceptionActions } from '../../central/commands/exception-act.ts';
import { journalStatuses } from '../../central/reconciliation/exceptions.ts';
import { statuses } from '../../central/reconciliation/placing.ts';
import { parseRules } from '../../central/reconciliation/rule-file.ts';
import { isSchedule } from '../../central/reconciliation/schedule-words.ts';

const page = readFileSync(join(import.meta.dirname, 'reconciliation.md'), 'utf8');
const section = (title: string) => page.split('\n## ').find((text) => text.startsWith(title)) ?? '';

it('explains every status of an exception, and none that there is not', () => {
  const named = [...section('What an exception means').matchAll(/^\| `(\w+)`/gm)].map(
    ([, name = '']) => name,
  );
  const all = [...statuses, ...journalStatuses].filter((name) => name !== 'matched' && name !== 'expected');
  expect(named.sort()).toEqual(all.sort());
});

it('shows every action', () => {
  const named = [...section('What can be done').matchAll(/^\| `exception (\w+) /gm)].map(
    ([, name = '']) => name,
  );
  expect(named.sort()).toEqual(
    exceptionActions()
      .map((command) => command.name())
      .sort(),
  );
});

it('has a rule file and a schedule that are taken', () => {
  const [, rules = ''] = /```toml\n(.*?)```/s.exec(section('The rule file')) ?? [];
  expect(parseRules(rules, 'the page')).toMatchObject({ processors: { stripe: { feeToleranceMinor: 1 } } });
  const [, schedule = ''] = /^schedule = "(.*)"$/m.exec(section('By itself')) ?? [];
  expect(isSchedule(schedule)).toBe(true);
});
