// The policy of a site: the limits and rules an appliance judges by. A document of central's, signed and versioned.
import * as z from 'zod';
import { Mode } from './checkout.ts';
import { Text } from './id.ts';
import { limits } from './limits.ts';
import { Currency } from './money.ts';

const Permission = z.enum(['refused', 'allowed']);
const BasisPoints = z.int().min(0).max(10_000);
const AmountMax = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const TotalMax = z.int().min(0).max(limits.totalMinorMax);
const Hours = z
  .int()
  .min(1)
  .max(24 * 366);
const WindowMinutes = z.int().min(1).max(limits.velocityWindowMinutesMax);

/** How often and for how much one card, or one kiosk, may be approved offline within a moving window. */
const Velocity = z.strictObject({
  per: z.enum(['fingerprint', 'kiosk']),
  windowMinutes: WindowMinutes,
  countMax: z.int().min(1).optional(),
  totalMinorMax: AmountMax.optional(),
});

/**
 * The share of checkouts sent online though they need not be (EMV Book 3 §10.6.2): `shareBasisPoints` up to
 * `biasedAboveMinor`, growing with the amount to `shareBasisPointsMax` at the floor limit.
 */
const RandomOnline = z.strictObject({
  shareBasisPoints: BasisPoints,
  biasedAboveMinor: TotalMax,
  shareBasisPointsMax: BasisPoints,
});

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'use HH:MM, from 00:00 to 23:59' });
const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

/** When a site sells, in its own time zone (IANA). A period that ends before it begins runs past midnight. */
const OpeningHours = z.strictObject({
  timeZone: z.string().max(64).refine(isTimeZone, { error: 'use an IANA time zone, such as Europe/London' }),
  periods: z.array(z.strictObject({ days: z.array(Weekday).min(1).max(7), from: Time, until: Time })).max(32),
  /** What a box does that does not know the time. */
  untrustedClock: z.enum(['sell', 'refuse']).default('sell'),
});

/** A switch: on for a share of kiosks by stable hash, narrowed by site and kiosk where these are named. */
const Flag = z.strictObject({
  shareBasisPoints: BasisPoints,
  sites: z.array(Text(64)).max(1000).optional(),
  kiosks: z.array(Text(64)).max(1000).optional(),
});

/** The limits and rules of a site; every amount in minor units of `currency`. */
export const Policy = z
  .strictObject({
    currency: Currency,
    online: z
      .strictObject({
        /** For a checkout that names none. */
        mode: Mode.default('prefer_online'),
        /** How long a kiosk waits for central. */
        waitMs: z.int().min(100).max(limits.onlineWaitMsMax).default(4000),
        /** What becomes of a `prefer_online` checkout when central is late. */
        late: z.enum(['approve_offline', 'refuse']).default('approve_offline'),
      })
      .prefault({}),
    checkout: z.strictObject({ totalMinorMax: TotalMax }),
    /** Money, and how many checkouts, approved offline without an outcome. */
    exposure: z.strictObject({
      totalMinorMax: AmountMax,
      countMax: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
      /** One checkout's share of it. */
      checkoutMinorMax: TotalMax.optional(),
    }),
    /** How long the site may go on alone, and by how old a word. */
    offline: z
      .strictObject({
        hoursMax: Hours.optional(),
        policyAgeHoursMax: Hours.optional(),
        catalogueAgeHoursMax: Hours.optional(),
      })
      .prefault({}),
    priceOverride: z.strictObject({
      permission: Permission,
      /** Either way, as a share of the catalogue's price. */
      deviationBasisPointsMax: z.int().min(0).max(limits.deviationBasisPointsMax).optional(),
    }),
    discount: z
      .strictObject({
        permission: Permission.default('refused'),
        /** Of all discounts together, as a share of the lines before them. */
        basisPointsMax: BasisPoints.default(10_000),
      })
      .prefault({}),
    tax: z
      .strictObject({
        prices: z.enum(['inclusive', 'exclusive']).default('inclusive'),
        /** Basis points by a product's tax category. */
        rates: z
          .record(Text(32), BasisPoints)
          .refine((rates) => Object.keys(rates).length <= limits.taxRatesMax, {
            error: `use at most ${limits.taxRatesMax} tax categories`,
          })
          .default({}),
      })
      .prefault({}),
    stock: z
      .strictObject({
        /** What may be done with a product that nobody counted. */
        uncounted: z.enum(['sell', 'refuse']).default('sell'),
        /** Goods leave with the checkout, or when their hand-over is confirmed. */
        taken: z.enum(['at_checkout', 'at_hand_over']).default('at_checkout'),
        /** After this an approved checkout that was not picked holds its goods no longer. */
        reservationMinutesMax: z
          .int()
          .min(1)
          .max(60 * 24 * 31)
          .default(60 * 24),
      })
      .prefault({}),
    risk: z
      .strictObject({
        /** From this amount on central must decide. */
        floorMinor: TotalMax.optional(),
        randomOnline: RandomOnline.optional(),
        velocity: z.array(Velocity).max(limits.velocityRulesMax).default([]),
        /** What one card buys within the window is one checkout for the floor limit. */
        splitWindowMinutes: WindowMinutes.optional(),
        /** The most a card that this site has never seen may buy offline. */
        newFingerprintMinorMax: TotalMax.optional(),
        /** From these on an approved checkout is looked at by a person at central. */
        review: z
          .strictObject({
            totalMinor: TotalMax.optional(),
            deviationBasisPoints: z.int().min(0).max(limits.deviationBasisPointsMax).optional(),
          })
          .prefault({}),
      })
      .prefault({}),
    openingHours: OpeningHours.optional(),
    unlinkedRefund: z.strictObject({ permission: Permission, totalMinorMax: TotalMax }),
    flags: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), Flag)
      .refine((flags) => Object.keys(flags).length <= limits.flagsMax, {
        error: `use at most ${limits.flagsMax} flags`,
      })
      .default({}),
  })
  .superRefine(refuseContradictions);
export type Policy = z.infer<typeof Policy>;
/** A policy as a person writes it: what has a default may be left out. */
export type PolicyInput = z.input<typeof Policy>;

/** Rules that cannot both be meant; each message says what to change. */
function refuseContradictions(policy: PolicyDraft, { addIssue }: z.RefinementCtx): void {
  const { risk, exposure, openingHours } = policy;
  const say = (path: string, message: string) => addIssue({ code: 'custom', path: path.split('.'), message });
  const random = risk.randomOnline;
  if (random && random.shareBasisPointsMax < random.shareBasisPoints) {
    say('risk.randomOnline.shareBasisPointsMax', 'must not be below shareBasisPoints');
  }
  if (random && risk.floorMinor !== undefined && random.biasedAboveMinor > risk.floorMinor) {
    say('risk.randomOnline.biasedAboveMinor', 'must not be above risk.floorMinor');
  }
  if (risk.splitWindowMinutes !== undefined && risk.floorMinor === undefined) {
    say('risk.splitWindowMinutes', 'needs risk.floorMinor, against which it sums');
  }
  risk.velocity.forEach(({ countMax, totalMinorMax }, i) => {
    if (countMax === undefined && totalMinorMax === undefined) {
      say(`risk.velocity.${i}`, 'needs countMax or totalMinorMax');
    }
  });
  if ((exposure.checkoutMinorMax ?? 0) > exposure.totalMinorMax) {
    say('exposure.checkoutMinorMax', 'must not be above exposure.totalMinorMax');
  }
  openingHours?.periods.forEach(({ from, until }, i) => {
    if (from === until) say(`openingHours.periods.${i}.until`, 'must differ from its from');
  });
}

type PolicyDraft = Pick<z.infer<typeof Policy>, 'risk' | 'exposure' | 'openingHours'>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
