// [people] of central's configuration: how persons sign in.
import * as z from 'zod';

export const PeopleConfig = z
  .strictObject({
    /** `required`: nobody's link is used up before their app has shown a code. */
    secondFactor: z.enum(['required', 'optional']).default('required'),
    /** Where the operators' page is opened, for the links that invite; null: where central listens. */
    pageUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
  })
  .prefault({});
export type PeopleConfig = z.infer<typeof PeopleConfig>;
