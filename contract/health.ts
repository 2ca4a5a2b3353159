// What an appliance says of itself while there is a link: how it is, not what it sold. Nothing here is money: any of it may be
// lost, and none of it is sent before an entry that waits.
import * as z from 'zod';
import { ConfigurationStanding } from './configuration.ts';
import { DoctorResult } from './doctor.ts';
import { EntryTime } from './entry.ts';
import { Sha256Hex, Text, Uuid } from './id.ts';
import { LinkView } from './kiosk-api.ts';
import { latencyCountsMax } from './latency.ts';
import { limits } from './limits.ts';
import { Currency } from './money.ts';
import { SyntheticResult } from './synthetic.ts';

const Count = z.int().min(0);
/** Ages and moments stay within what a date can hold, some 3,000 years. */
const AgeMs = z.int().min(0).max(1e14);

/** Counts by `latencyBoundsMs`, since the program started; zeros at the end are left out. */
const Latency = z.array(Count).max(latencyCountsMax);
/** `package`: what the box's own package brought. */
export const slotNames = ['package', 'a', 'b'] as const;
export type SlotName = (typeof slotNames)[number];
/** How far a box is with the release it was told to run. */
export const releaseSteps = ['none', 'fetching', 'waiting', 'proving', 'running', 'failed'] as const;
export type ReleaseStep = (typeof releaseSteps)[number];

/** More codes than any release has. */
const reasonsMax = 100;

/** Open: what a newer release says beyond this is passed over. */
export const HealthReport = z.object({
  at: EntryTime,
  release: Text(64),
  /** Since the program started. */
  upMs: AgeMs,
  link: z.object({
    kind: LinkView.shape.kind,
    /** How long it has been so. */
    forMs: AgeMs,
    /** How often it went down since the program started. */
    outages: Count,
  }),
  journal: z.object({
    journalId: Uuid,
    lastSeq: Count,
    receivedThrough: Count,
    /** Of the oldest entry that central has no receipt for; null: there is none. */
    oldestUnreceivedMs: AgeMs.nullable(),
    /** Of its file and what is written ahead of it. Absent: the release is older. */
    bytes: Count.optional(),
  }),
  /** Approved offline, and no word from central yet. */
  exposure: z.object({
    totalMinor: Count,
    limitMinor: Count.nullable(),
    /** Null before the first policy. */
    currency: Currency.nullable(),
  }),
  versions: z.object({ catalogue: Count, policy: Count }),
  /** Null while there is none. */
  certificateEndsMs: z.int().min(-1e14).max(1e14).nullable(),
  process: z.object({
    residentBytes: Count,
    /** Processor time used since the report before, in thousandths of one core; null in the first. */
    corePermille: Count.nullable(),
  }),
  /** Null: this machine does not say. */
  machine: z.object({
    /** The load average of a minute, in hundredths. */
    loadPercent: Count.nullable(),
    memoryFreeBytes: Count.nullable(),
    diskFreeBytes: Count.nullable(),
    diskTotalBytes: Count.nullable(),
    /** Written to the disk below the journal since the machine started. */
    diskWrittenBytes: Count.nullable(),
    /** The hottest of its sensors. */
    temperatureCelsius: z.int().min(-100).max(200).nullable(),
    /** Tenths of its rated life that the disk has used, 1 to 11: the worse of the two that an eMMC says. Absent: the release is older. */
    diskLifeTenths: z.int().min(1).max(255).nullable().optional(),
  }),
  /** Where its program is from, and what became of the release it was told to run; absent: it takes none. */
  slots: z
    .object({
      running: z.enum(slotNames),
      /** The rollout that told it last; null: none did. */
      rollout: z.int().min(1).nullable(),
      step: z.enum(releaseSteps),
      /** With `failed`: why, as a code. */
      reason: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,63}$/)
        .nullable(),
    })
    .optional(),
  /** What counts of what central set; absent: of a release that takes nothing. */
  configuration: ConfigurationStanding.optional(),
  conditions: z
    .array(z.object({ code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), forMs: AgeMs }))
    .max(limits.healthConditionsMax),
  /** What was answered since the program started, by verdict. Absent, as all below it: the release is older. */
  verdicts: z
    .object({
      authorised: Count,
      approvedOffline: Count,
      declined: Count,
      refused: Count,
      pending: Count,
    })
    .optional(),
  /** Why: each reason of what was answered, by its code, since the program started. */
  reasons: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), Count)
    .refine((reasons) => Object.keys(reasons).length <= reasonsMax)
    .optional(),
  /** From the kiosk's request to its answer; of a commit of the store; from a commit to central's receipt. */
  latency: z.object({ http: Latency, commit: Latency, receipt: Latency }).optional(),
  /** Of the requests that `latency.http` counts: answered with an error of the box's own, a status of 500 or above. */
  requestErrors: Count.optional(),
  /** The most since the report before: commands that waited for the store, commands in one commit, and what a commit took. */
  store: z.object({ queueMax: Count, batchMax: Count, commitMsMax: Count }).optional(),
  kiosks: z.object({ paired: Count, seen: Count }).optional(),
  /** What came of the newest synthetic checkout; null: none since it started. Absent: of a release that makes none. */
  synthetic: SyntheticResult.nullable().optional(),
  /** What the doctor found that central asked for: in the first report after it, once. */
  doctor: DoctorResult.optional(),
});
export type HealthReport = z.infer<typeof HealthReport>;

/** Up, zstd: reports, the oldest first, a line each. More than one only after an outage. */
export const HealthHeader = z.strictObject({
  count: z.int().min(1).max(limits.healthReportsMax),
  /** SHA-256 of the items, each followed by a newline. */
  digest: Sha256Hex,
});
export type HealthHeader = z.infer<typeof HealthHeader>;
