// The page on people is true: its commands run against a real database in its order, and its bounds, codes and keys are the
// program's own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseConfig } from '../../central/config.ts';
import { viewerLimits } from '../../central/dashboard/viewers.ts';
import { exitCodes } from '../../central/errors.ts';
import { holdfastCentral } from '../../central/fixtures/program.ts';
import { problemCodes } from '../../central/http/problems.ts';
import { passwordCharsMin } from '../../central/people/password.ts';
import {
  linkMsMax,
  personsMax,
  sessionIdleMsMax,
  sessionMsMax,
  sessionsOfPersonMax,
} from '../../central/people/persons.ts';
import { guardLimits } from '../../central/people/sign-in-guard.ts';

const page = readFileSync(join(resolve(import.meta.dirname), 'people.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-people-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('shows commands that do what it says, in its order', async () => {
  const config = join(folder, 'central.toml');
  writeFileSync(config, 'dataFolder = "data"\nidentityFolder = "identity"\nhttp = { port = 48996 }\n');
  const commands = [...page.matchAll(/^holdfast-central (.*) --config central.toml$/gm)];
  const said: string[] = [];
  for (const [, line = ''] of commands) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
    const { code, stdout, stderr } = await holdfastCentral(...words, '--config', config);
    expect({ code, stderr }, line).toEqual({ code: 0, stderr: '' });
    said.push(stdout);
  }
  const link = /^http:\/\/127\.0\.0\.1:48996\/#\/welcome\/[\w-]{43}$/m;
  expect(said).toEqual([
    expect.stringMatching(link),
    expect.stringMatching(/^ann {2}admin {2}invited {2}a link until .* never signed in {2}0 sessions/),
    'ann is finance\n',
    expect.stringMatching(link),
    'ann signs in no more\n',
  ]);
});

it('shows configuration that central takes', () => {
  const [, text = ''] = /^```toml\n(.*?)^```/ms.exec(page) ?? [];
  expect(parseConfig(`dataFolder = "."\nidentityFolder = "."\n${text}`, 'page').people).toEqual({
    secondFactor: 'required',
    pageUrl: 'https://central.example',
  });
});

it('names the bounds that hold', () => {
  const minutes = (ms: number) => `${ms / 60_000} min`;
  for (const words of [
    `by its person | ${minutes(sessionIdleMsMax)} |`,
    `at all | ${sessionMsMax / 3_600_000} h |`,
    `of one person | ${sessionsOfPersonMax}, `,
    `one-time link | ${linkMsMax / 86_400_000} days`,
    `one name | ${guardLimits.freeTriesOfName}, then a wait of ${guardLimits.waitMsMin / 1000} s`,
    `up to ${minutes(guardLimits.waitMsMax)} |`,
    `one network of 64 bits | ${guardLimits.freeTriesOfAddress},`,
    `at once | ${viewerLimits.viewersMax} |`,
    `there are ${personsMax} persons`,
    `at least ${passwordCharsMin}\ncharacters`,
  ]) {
    expect(page).toContain(words);
  }
});

it('explains every code of persons and sessions, and no other', () => {
  const told = [...page.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code = '']) => code);
  const known = [...problemCodes, ...Object.keys(exitCodes)];
  const ours = known.filter((code) =>
    /^(persons?_|last_admin_person|sign_in_|link_|code_wrong|cross_site|viewers_)/.test(code),
  );
  expect([...new Set(told)].sort()).toEqual([...new Set(ours)].sort());
});
