// A configuration is edited as a careful person would: one value changes, and every word beside it stays.
import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { setKey } from './edit-config.ts';

const url = (text: string) => setKey(text, ['central', 'url'], 'mqtts://new:8883');

describe('setting a key', () => {
  it.each([
    ['in its table', '[central]\nurl = "old" # ours\n', '[central]\nurl = "mqtts://new:8883" # ours\n'],
    [
      'after other tables',
      '[http]\nurl = "x"\n[central]\n  url="old"\n',
      '[http]\nurl = "x"\n[central]\n  url="mqtts://new:8883"\n',
    ],
    ['with a # in the old value', "[central]\nurl = 'a#b'\n", '[central]\nurl = "mqtts://new:8883"\n'],
    ['as a dotted key', 'central.url = "old"\n', 'central.url = "mqtts://new:8883"\n'],
    [
      'in a table that lacks it',
      '[central] # far\nkeepaliveSeconds = 5\n',
      '[central] # far\nurl = "mqtts://new:8883"\nkeepaliveSeconds = 5\n',
    ],
    [
      'in an inline table',
      'central = { url = "old", keepaliveSeconds = 5 } # x',
      'central = { url = "mqtts://new:8883", keepaliveSeconds = 5 } # x',
    ],
    [
      'in an inline table that lacks it',
      'central = { keepaliveSeconds = 5 }\n',
      'central = { keepaliveSeconds = 5, url = "mqtts://new:8883" }\n',
    ],
    ['in an empty inline table', 'central = {}\n', 'central = { url = "mqtts://new:8883" }\n'],
    [
      'in a file without the table',
      '# mine\ndataFolder = "a"',
      '# mine\ndataFolder = "a"\n\n[central]\nurl = "mqtts://new:8883"\n',
    ],
    ['in an empty file', '', '\n[central]\nurl = "mqtts://new:8883"\n'],
    [
      'that is commented out',
      '[central]\n# url = "old"\n',
      '[central]\nurl = "mqtts://new:8883"\n# url = "old"\n',
    ],
  ])('%s', (_, before, after) => {
    expect(url(before)).toBe(after);
  });

  it.each([
    [
      'before the first table and its comment',
      'dataFolder = "a"\n\n# the network\n[http]\nport = 1\n',
      'dataFolder = "a"\n\nsite = "leeds"\n\n# the network\n[http]\nport = 1\n',
    ],
    ['at the end of a file without tables', 'dataFolder = "a"\n', 'dataFolder = "a"\nsite = "leeds"\n'],
    ['in its place', 'site = "york"\n[http]\nsite = "x"\n', 'site = "leeds"\n[http]\nsite = "x"\n'],
  ])('of no table: %s', (_, before, after) => {
    expect(setKey(before, ['site'], 'leeds')).toBe(after);
  });

  it('leaves to the user what it cannot edit for sure', () => {
    expect(url('central = {\n  url = "old",\n}\n')).toBeNull();
    expect(url('note = """\n[central]\nurl = "old"\n"""\ncentral = "no table"\n')).toBeNull();
  });

  it('changes one value and nothing else, whatever the file holds', () => {
    const key = fc.constantFrom('url', 'site', 'central', 'http', 'a');
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('# no comment', '[central]', 'url = "x"', 'a\n[central]\nb'),
    );
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 }));
    const table = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)));
    fc.assert(
      fc.property(table, text, (document, wanted) => {
        const before = stringify(document);
        const after = setKey(before, ['central', 'url'], wanted);
        if (after === null) return;
        const inner = document.central;
        const central = typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
        expect(JSON.stringify(sorted(parse(after)))).toBe(
          JSON.stringify(sorted({ ...document, central: { ...central, url: wanted } })),
        );
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}
