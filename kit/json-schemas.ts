// Named zod schemas as JSON Schema 2020-12, for a description in OpenAPI 3.1: there is no second word for any field.
import * as z from 'zod';

/** A JSON Schema object, or a part of a description that looks like one. */
export type Json = Record<string, unknown>;

export const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/**
 * What is sent (`input`) is closed: a field that nobody knows is refused. What is answered (`output`) is open: a later
 * release may say more. What no JSON Schema can say is left to the program to refuse.
 */
export function namedJsonSchemas(
  schemas: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, {
    io,
    // An integer of any size is an integer to JSON.
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      const schema = jsonSchema as Json;
      if (zodSchema._zod.def.type === 'bigint') schema.type = 'integer';
      if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
    },
  });
  const bare = Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $id: _id, $schema: _dialect, ...schema }]) => [
      name,
      schema as Json,
    ]),
  );
  return lifted(bare);
}

/** A schema inside others that has a name of its own becomes one of the named. */
function lifted({ __shared: shared, ...schemas }: Record<string, Json>): Record<string, Json> {
  const all = { ...schemas, ...(shared?.$defs as Record<string, Json> | undefined) };
  return JSON.parse(JSON.stringify(all).replaceAll('/__shared#/$defs/', '/'));
}
