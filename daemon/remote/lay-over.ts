// What central sets, laid over what the box's own file says: all of it, or none. Pure.
import {
  type ConfigurationStanding,
  type OfferedConfiguration,
  type RemoteKey,
  remoteKeys,
  remoteValues,
} from '../../contract/configuration.ts';
import type { Config } from '../config.ts';
import type { RemoteSaid, RemoteStandings } from '../store/remote-configuration.ts';

export type Refusal = Omit<NonNullable<ConfigurationStanding['refused']>, 'version'>;

export type LaidOver = { kind: 'laid'; config: Config } | ({ kind: 'refused' } & Refusal);

/** The first key that the box does not take, by its name, refuses the whole: half of a wish is nobody's. */
export function layOver(file: Config, values: OfferedConfiguration): LaidOver {
  const config = structuredClone(file);
  for (const [key, value] of Object.entries(values)) {
    if (!isRemoteKey(key)) return { kind: 'refused', key, reason: 'key_unknown' };
    if (!file.central.maySet.includes(key)) return { kind: 'refused', key, reason: 'kept_by_the_box' };
    if (!remoteValues[key].safeParse(value).success) return { kind: 'refused', key, reason: 'value_refused' };
    const [table, name] = key.split('.') as [keyof Config, string];
    Object.assign(config[table] as object, { [name]: value });
  }
  return { kind: 'laid', config };
}

export interface Settled {
  /** By what the box goes. */
  config: Config;
  /** What of central's counts in it; null: nothing. */
  counts: RemoteSaid | null;
  /** A newer one is to be kept as taken before it counts. */
  take: RemoteSaid | null;
  refused: ConfigurationStanding['refused'];
}

/** By which of the two the box goes: the newest that it takes, or its file alone. */
export function settle(file: Config, { offered, taken }: RemoteStandings): Settled {
  const none: Settled = { config: file, counts: null, take: null, refused: null };
  const newer = offered !== null && (taken === null || taken.version < offered.version);
  const laid = newer ? layOver(file, offered.values) : null;
  if (newer && laid?.kind === 'laid') return { ...none, config: laid.config, counts: offered, take: offered };
  const refused = newer && laid?.kind === 'refused' ? refusalOf(offered, laid) : null;
  if (taken === null) return { ...none, refused };
  const held = layOver(file, taken.values);
  if (held.kind === 'laid') return { ...none, config: held.config, counts: taken, refused };
  // The file was changed since: it has the last word, and central is told.
  return { ...none, refused: refused ?? refusalOf(taken, held) };
}

function refusalOf({ version }: RemoteSaid, { key, reason }: Refusal): ConfigurationStanding['refused'] {
  return { version, key, reason };
}

function isRemoteKey(key: string): key is RemoteKey {
  return (remoteKeys as readonly string[]).includes(key);
}
