// Who did something, as it is answered over HTTP.
import * as z from 'zod';
import { roles } from './roles.ts';

export const Actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), name: z.string(), role: z.enum(roles), from: z.string() }),
  z.object({
    kind: z.literal('key'),
    name: z.string(),
    role: z.enum(roles),
    from: z.string(),
    owner: z.string().optional().meta({ description: 'The person whose key it is, where it says so.' }),
  }),
  z.object({ kind: z.literal('command'), user: z.string(), from: z.string() }),
  z.object({ kind: z.literal('central'), rule: z.string() }),
]);
