// What the appliance answers the technician's page, which stands behind a PIN. Kiosks have no part in it.
import * as z from 'zod';
import { Status } from './kiosk-api.ts';
import { Kiosk } from './pairing.ts';

/** A PIN as it is typed: digits alone. Which of them are too easy is judged where one is set. */
export const pinPattern = /^[0-9]{6,12}$/;

/** The body of POST /v1/technician/session. */
export const SignIn = z.strictObject({
  pin: z.string().regex(pinPattern, { error: 'use the 6 to 12 digits of the PIN' }),
});
export type SignIn = z.infer<typeof SignIn>;

/** What anybody may know before a PIN: whether there is one, and how long nobody may try. */
export const TechnicianSession = z.object({
  state: z.enum(['no_pin', 'pin_damaged', 'signed_out', 'signed_in']),
  /** Above 0: too many wrong ones, and none is looked at before that. */
  waitSeconds: z.int().min(0),
});
export type TechnicianSession = z.infer<typeof TechnicianSession>;

/** The body of POST /v1/technician/pairings. */
export const PairingWish = Kiosk.strict();
export type PairingWish = z.infer<typeof PairingWish>;

/** A code that a kiosk trades for a token, as text and as the rows of a QR code of it: `1` is dark. */
export const PairingOffer = Kiosk.extend({
  code: z.string(),
  validSeconds: z.int().min(1),
  qr: z.array(z.string().regex(/^[01]+$/)),
});
export type PairingOffer = z.infer<typeof PairingOffer>;

/** One line of the log that warns, or of an error; the same again counts, and is not kept twice. */
export const Trouble = z.object({
  /** The newest time, by the box's clock. */
  atMs: z.int(),
  level: z.enum(['warn', 'error']),
  message: z.string(),
  /** Stable, where the line has one. */
  code: z.string().nullable(),
  /** What else the line says, without secrets. */
  detail: z.string(),
  times: z.int().min(1),
});
export type Trouble = z.infer<typeof Trouble>;

const ExaminedCheck = z.object({
  code: z.string(),
  state: z.enum(['ok', 'warning', 'error', 'unknown']),
  words: z.string(),
  hint: z.string().optional(),
});
export type ExaminedCheck = z.infer<typeof ExaminedCheck>;

/** How `holdfast doctor` stands, which one technician starts and all see. */
export const Examination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  z.object({ kind: z.literal('running'), sinceMs: z.int() }),
  z.object({ kind: z.literal('done'), atMs: z.int(), checks: z.array(ExaminedCheck) }),
  z.object({ kind: z.literal('failed'), atMs: z.int(), words: z.string() }),
]);
export type Examination = z.infer<typeof Examination>;

export const TechnicianView = z.object({
  /** The box's own clock: every other time here is by it. */
  nowMs: z.int(),
  site: z.string().nullable(),
  /** As `systemctl status` shows it. */
  headline: z.string(),
  status: Status,
  /** Of what central has not received: documents with money in them. */
  unreceived: z.object({
    documents: z.int().min(0),
    totalMinor: z.int().min(0),
    oldestMs: z.int().nullable(),
    /** There are more than were counted. */
    more: z.boolean(),
  }),
  /** Of the local network; null where nothing is offered to it. */
  lanCertificate: z.object({ notAfterMs: z.int(), daysLeft: z.int() }).nullable(),
  /** Null where the file of kiosks cannot be read. `lastSeenMs`: null: not since the service started. */
  kiosks: z.array(Kiosk.extend({ lastSeenMs: z.int().nullable() })).nullable(),
  troubles: z.array(Trouble),
  examination: Examination,
});
export type TechnicianView = z.infer<typeof TechnicianView>;
