// How a kiosk becomes known to an appliance: it trades a one-time code for a token of its own.
import * as z from 'zod';

/** What a kiosk may do: submit checkouts and voids, submit refunds, report hand-over, read back. */
export const KioskScope = z.enum(['sell', 'refund', 'fulfil', 'read']);
export type KioskScope = z.infer<typeof KioskScope>;

export const KioskName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: 'use 1 to 32 of a-z, 0-9 and -, not beginning with -',
});

/** The body of POST /v1/pairings: the code as a person typed it or a scanner read it. */
export const PairingRequest = z.strictObject({ code: z.string().min(1).max(64) });
export type PairingRequest = z.infer<typeof PairingRequest>;

export const Kiosk = z.object({ name: KioskName, scopes: z.array(KioskScope).min(1) });
export type Kiosk = z.infer<typeof Kiosk>;

/** The answer. The token is said this once, and the appliance keeps only its hash. */
export const Pairing = z.object({ kiosk: Kiosk, token: z.string() });
export type Pairing = z.infer<typeof Pairing>;
