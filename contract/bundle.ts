// What a box is given for a site without a link: its slip, whom to trust, and the feed from its beginning, so that it sells
// before it has met central. It travels sealed; this is what the seal holds.
import * as z from 'zod';
import { ApplianceId, Text } from './id.ts';

export const Bundle = z.strictObject({
  v: z.literal(1),
  madeMs: z.int(),
  /** The code's end: nobody opens it later. */
  expiresMs: z.int(),
  /** As the slip on paper; the first contact trades its code. */
  slip: z.strictObject({
    v: z.literal(1),
    est: z.url({ protocol: /^https$/ }),
    appliance: ApplianceId,
    code: z.string(),
    root: z.string(),
  }),
  site: Text(100),
  centralUrl: z.url({ protocol: /^mqtts$/ }),
  /** PEM: the roots that central's certificates come from. */
  ca: z.string().includes('BEGIN CERTIFICATE'),
  /** PEM: what central signs receipts and the feed with. */
  centralSigning: z.string().includes('BEGIN PUBLIC KEY'),
  /** Frames of the feed from position 1 on, each signed and packed as central sends it down. */
  feed: z.array(z.base64()).min(1).max(1000),
});
export type Bundle = z.infer<typeof Bundle>;

export const bundleLimits = {
  /** The file on the stick: the largest catalogue there may be takes a third of it. */
  sealedBytesMax: 64 * 1024 * 1024,
  /** What comes out of it. */
  bytesMax: 96 * 1024 * 1024,
} as const;
