// The identifiers that travel: of appliances, of documents, and of the two logs; and the texts beside them.
import * as z from 'zod';

/** A text that people read, of 1 to `charsMax` characters. */
export const Text = (charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    // Control characters have no place in a name and would corrupt a slip or a terminal.
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'remove the control characters' });

/** An appliance's id: the certificate's, and one level of an MQTT topic. */
export const ApplianceId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
  error: 'use 1 to 63 of a-z, 0-9 and -, not beginning with -',
});

/** A document (checkout, void, refund), journal or feed: an RFC 9562 UUID in lower case. */
export const Uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
  error: 'use a UUID in lower case',
});

/** The URI that carries an appliance's id in its certificate's subject alternative name. */
export function applianceUri(applianceId: string): string {
  return `urn:holdfast:appliance:${applianceId}`;
}

/** The appliance a URI names, or null when it is not an appliance's URI. */
export function parseApplianceUri(uri: string): string | null {
  const prefix = applianceUri('');
  if (!uri.startsWith(prefix)) return null;
  const parsed = ApplianceId.safeParse(uri.slice(prefix.length));
  return parsed.success ? parsed.data : null;
}

/** A SHA-256 or other digest in lower-case hex. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, { error: 'use 64 lower-case hex digits' });
