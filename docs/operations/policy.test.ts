// The page about the policy names every field there is, and none that there is not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defaultPolicy } from '../../central/feed/default-policy.ts';
import { Policy } from '../../contract/policy.ts';
import { createFlagClient } from '../../daemon/flags/client.ts';

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
}

/** The paths of the fields that hold a value: `a.b`, `list[].c`, `record.*`. */
function* fieldsOf(schema: JsonSchema, path = ''): Generator<string> {
  const { properties, additionalProperties, items } = schema;
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, inner] of Object.entries(properties ?? {})) yield* fieldsOf(inner, below(name));
  if (typeof additionalProperties === 'object') yield* fieldsOf(additionalProperties, below('*'));
  if (items) yield* fieldsOf(items, `${path}[]`);
  if (!properties && typeof additionalProperties !== 'object' && !items) yield path;
}

const page = readFileSync(join(import.meta.dirname, 'policy.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const named = rows.map(([, field = '']) => field.replaceAll('`', ''));

describe('the page about the policy', () => {
  it('names every field of it once', () => {
    const fields = [...fieldsOf(z.toJSONSchema(Policy, { io: 'input' }) as JsonSchema)];
    expect(fields.length).toBeGreaterThan(30);
    expect(named.toSorted()).toEqual(fields.toSorted());
  });

  it('shows flags as an appliance answers them', async () => {
    const [flags = '', answer = ''] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
    const policy = Policy.parse({ ...defaultPolicy, ...(JSON.parse(`{${flags}}`) as object) });
    const shown = JSON.parse(answer) as { policyVersion: number; kiosk: string };
    const answered = (shareBasisPoints: number) => {
      const grown = Object.entries(policy.flags).map(([name, flag]) => [name, { ...flag, shareBasisPoints }]);
      const newer = {
        policyVersion: shown.policyVersion,
        flags: Object.fromEntries(grown) as Policy['flags'],
      };
      return createFlagClient('leeds-1', 'leeds').answer(newer, shown.kiosk);
    };
    expect(await answered(2500)).toEqual(shown);
    expect(await answered(5000)).toEqual(shown);
  });

  it('says what central starts with', () => {
    const figures = (value: unknown): number[] =>
      typeof value === 'number'
        ? [value]
        : typeof value === 'object' && value
          ? Object.values(value).flatMap(figures)
          : [];
    const started = rows.flatMap(([, , , atFirst = '']) =>
      [...atFirst.matchAll(/\d[\d,]*/g)].map(([text]) => Number(text.replaceAll(',', ''))),
    );
    // What central sets itself, and not what the schema adds where it says nothing.
    const own = figures({ ...defaultPolicy, online: {}, discount: {}, stock: {} });
    expect(started.toSorted((a, b) => a - b)).toEqual(own.toSorted((a, b) => a - b));
  });
});
