// `policy …` as operators run it, each command a process.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../feed/default-policy.ts';
import { type Desk, holdfastCentral, openDesk, refusal } from '../fixtures/program.ts';

const toml = `currency = "EUR"
[checkout]
totalMinorMax = 900
[exposure]
totalMinorMax = 9000
[priceOverride]
permission = "allowed"
[unlinkedRefund]
permission = "refused"
totalMinorMax = 0
`;

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

describe('policy show, diff and set', () => {
  it('show the one that central begins with where none is in force', async () => {
    expect(await desk.run('policy', 'show')).toMatchObject(refusal(1, 'database_missing'));
    desk.inStore(() => {});
    const { stdout } = await desk.run('policy', 'show');
    expect(stdout).toMatch(
      /^# none is in force yet: central begins with this one\ncurrency = "GBP"\n\n\[online\]\n/,
    );
    expect(await desk.json('policy', 'show')).toEqual({ version: null, policy: defaultPolicy });
  });

  it('print what can be edited and set again', async () => {
    expect(await desk.json('policy', 'set', desk.file('policy.toml', toml))).toMatchObject({
      version: 2,
      policy: { currency: 'EUR', checkout: { totalMinorMax: 900 } },
    });
    const shown = await desk.run('policy', 'show');
    expect(shown.stdout).toMatch(/^# version 2\n/);
    const edited = desk.file(
      'edited.toml',
      shown.stdout.replace('totalMinorMax = 900\n', 'totalMinorMax = 800\n'),
    );
    expect(await desk.run('policy', 'diff', edited)).toEqual({
      code: 0,
      stderr: '',
      stdout: 'against version 2: 1 field would change\ncheckout.totalMinorMax: 900 → 800\n',
    });
    expect((await desk.run('policy', 'set', edited)).stdout).toBe('policy version 3\n');
    expect(await desk.json('policy', 'diff', edited)).toEqual({ against: 3, changes: [] });
    expect(desk.inStore((store) => store.policy())).toMatchObject({ version: 3 });
  });

  it('leave the one in force alone when a file is none', async () => {
    await desk.json('policy', 'set', desk.file('policy.toml', toml));
    const [broken, none, config] = await Promise.all([
      desk.run('policy', 'set', desk.file('broken.toml', 'currency = \n')),
      desk.run('policy', 'set', desk.file('none.toml')),
      holdfastCentral('policy', 'show', '--config', desk.file('none.toml')),
    ]);
    expect(broken).toMatchObject(refusal(1, 'policy_malformed', 'broken.toml', 'policy.md'));
    expect(none).toMatchObject(refusal(2, 'file_missing', 'none.toml'));
    expect(config).toMatchObject(refusal(2, 'config_missing', '--config FILE'));
    expect(desk.inStore((store) => store.policy()?.version)).toBe(2);
  });
});

describe('policy validate and schema', () => {
  it('name every field that is wrong and what to write instead', async () => {
    const wrong = toml.replace('"allowed"', '"maybe"').replace('= 900\n', '= -1\nlimit = 3\n');
    expect(await holdfastCentral('policy', 'validate', desk.file('bad.toml', wrong))).toMatchObject(
      refusal(
        1,
        'policy_malformed',
        'priceOverride.permission: use "refused" or "allowed"',
        'checkout.totalMinorMax: must be at least 0',
        'checkout.limit: unknown; remove it or correct its spelling',
        'docs/operations/policy.md',
      ),
    );
  });

  it('name rules that contradict each other, and which to change', async () => {
    const contradicts =
      `${toml}[risk]\nsplitWindowMinutes = 5\nvelocity = [{ per = "kiosk", windowMinutes = 5 }]\n`.replace(
        '= 9000\n',
        '= 9000\ncheckoutMinorMax = 9001\n',
      );
    expect(await holdfastCentral('policy', 'validate', desk.file('bad.toml', contradicts))).toMatchObject(
      refusal(
        1,
        'risk.splitWindowMinutes: needs risk.floorMinor, against which it sums',
        'risk.velocity.0: needs countMax or totalMinorMax',
        'exposure.checkoutMinorMax: must not be above exposure.totalMinorMax',
      ),
    );
  });

  it('need no database', async () => {
    const file = desk.file('policy.toml', toml);
    const [valid, json, schema, line] = await Promise.all([
      holdfastCentral('policy', 'validate', file),
      holdfastCentral('policy', 'validate', file, '--json'),
      holdfastCentral('policy', 'schema'),
      holdfastCentral('policy', 'schema', '--json'),
    ]);
    expect(valid).toEqual({ code: 0, stderr: '', stdout: `${file} is a policy\n` });
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: true, policy: { currency: 'EUR' } });
    expect(JSON.parse(schema.stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: expect.arrayContaining(['currency', 'exposure']),
    });
    expect(JSON.parse(line.stdout)).toEqual(JSON.parse(schema.stdout));
  });
});
