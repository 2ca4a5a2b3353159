// The enrolment slip: what a technician brings from central, as a QR code, a file, or typed. It says where central is,
// by which root it is known, and holds the one-time code.
import * as z from 'zod';
import { ApplianceId } from '../../contract/id.ts';
import { IdentityError } from './error.ts';

/** Where certificates are had: scheme, host and port, nothing behind. */
export const EstUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url?.protocol === 'https:' && url.origin === text.replace(/\/$/, '').toLowerCase();
  },
  { error: 'use https://host:port and nothing behind it' },
);

export const Slip = z
  .object({
    v: z.literal(1, { error: 'this release reads slips of version 1' }),
    est: EstUrl.transform((text) => new URL(text).origin),
    appliance: ApplianceId,
    code: z
      .string()
      .transform(plainCode)
      .pipe(
        z.string().regex(/^[0-9A-HJKMNP-TV-Z]{16}$/, {
          error: 'use the 16 letters and digits of the slip, as XXXX-XXXX-XXXX-XXXX',
        }),
      ),
    root: z
      .string()
      .transform((text) =>
        text
          .trim()
          .toLowerCase()
          .replace(/^sha256:/, '')
          .replaceAll(':', ''),
      )
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, { error: 'use sha256: and 64 hex digits' })),
  })
  .readonly();
/** The code is in capitals without hyphens, the root's fingerprint 64 hex digits. */
export type Slip = z.output<typeof Slip>;

export const codeEnvironment = 'HOLDFAST_ENROL_CODE';

/** @param text the JSON of the QR code, perhaps with blanks around. @throws IdentityError slip_malformed naming the part */
export function parseSlip(text: string): Slip {
  let value: unknown;
  try {
    value = JSON.parse(text.trim());
  } catch (cause) {
    // The text may be half a slip, with the code in it: it is not shown.
    throw new IdentityError(
      'slip_malformed',
      'this is not the JSON of an enrolment slip',
      'Scan the QR code of the slip and give the whole text: it begins with { and ends with }.',
      cause,
    );
  }
  return checkSlip(insideOf(value));
}

/** The same for parts that were given one by one. @throws IdentityError slip_malformed */
export function checkSlip(value: unknown): Slip {
  const parsed = Slip.safeParse(value);
  if (parsed.success) return parsed.data;
  const parts = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the slip'}: ${message}`);
  throw new IdentityError(
    'slip_malformed',
    parts.join('; '),
    'Compare with the slip; if it is damaged, have central print another.',
  );
}

/** `enrolment create --json` prints the slip among other things. */
function insideOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'slip' in value ? value.slip : value;
}

/** Crockford's alphabet has no I, L, O and U: what is read as one of the first three is what it looks like. */
export function plainCode(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}
