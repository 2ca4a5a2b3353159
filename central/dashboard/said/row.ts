// One appliance as a row of the fleet's list: what is filtered, sorted and read there, and nothing more, so that ten thousand of
// them travel at once. Central makes it (fleet-row.ts), the page reads it.

/** In the order a person should look at them. */
export const rowStates = [
  'silent',
  'selling_offline',
  'degraded',
  'not_reporting',
  'never_seen',
  'selling_online',
  'retired',
] as const;

export interface FleetRow {
  id: string;
  site: string | null;
  state: (typeof rowStates)[number];
  /** Of the state, where it has a beginning. */
  sinceMs: number | null;
  /** By name. */
  conditions: string[];
  /** Entries it wrote that are not here; of a silent one at least. Null: it never said. */
  unreceived: number | null;
  /** By its last word; of a silent one at least. */
  exposureMinor: number | null;
  currency: string | null;
  release: string | null;
  lastProofMs: number | null;
  certificateEndsMs: number | null;
}
