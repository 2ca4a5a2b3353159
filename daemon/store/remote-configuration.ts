// What central sets of the box's configuration, as the feed said it last. Whether the box takes it is no business of the store:
// it keeps the word before anybody goes by it.
import type { Database } from 'better-sqlite3';
import { OfferedConfiguration } from '../../contract/configuration.ts';
import type { FeedItem } from '../../contract/feed.ts';

export type RemoteSaid = Omit<Extract<FeedItem, { kind: 'configuration' }>, 'kind'>;

export interface RemoteStandings {
  /** The newest that central said; null: it never did. */
  offered: RemoteSaid | null;
  /** The newest that the box took. */
  taken: RemoteSaid | null;
}

export interface RemoteConfigurations {
  /** Goes forward by its version only. */
  offer(said: RemoteSaid): void;
  /** The offered one counts from now on, if it is still the one of that version. */
  take(version: number): void;
  read(): RemoteStandings;
}

export function openRemoteConfigurations(db: Database): RemoteConfigurations {
  const offer = db.prepare(
    `INSERT INTO remote_configuration (standing, version, body) VALUES ('offered', @version, @body)
     ON CONFLICT (standing) DO UPDATE SET version = @version, body = @body WHERE version < @version`,
  );
  const take = db.prepare(
    `INSERT OR REPLACE INTO remote_configuration (standing, version, body)
     SELECT 'taken', version, body FROM remote_configuration WHERE standing = 'offered' AND version = ?`,
  );
  return {
    offer: ({ version, values }) => void offer.run({ version, body: JSON.stringify(values) }),
    take: (version) => void take.run(version),
    read: () => readRemoteStandings(db),
  };
}

/** Also from the file of a box that runs, or of one whose journal an older release made. */
export function readRemoteStandings(db: Database): RemoteStandings {
  const found = { offered: null, taken: null } as RemoteStandings;
  if (!db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'remote_configuration'`).get()) return found;
  const rows = db
    .prepare<[], { standing: keyof RemoteStandings; version: number; body: string }>(
      'SELECT standing, version, body FROM remote_configuration',
    )
    .all();
  for (const { standing, version, body } of rows)
    found[standing] = { version, values: OfferedConfiguration.parse(JSON.parse(body)) };
  return found;
}
