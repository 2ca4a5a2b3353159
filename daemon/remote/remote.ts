// What central sets of this box's configuration, at work: kept by the store, judged against the box's own file, taken durably,
// and only then gone by, as a reload is, without a kiosk noticing.
import type { ConfigurationStanding } from '../../contract/configuration.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Reloaded } from '../../kit/reload.ts';
import { otlpHeadersPath } from '../../kit/tracing-config.ts';
import type { Config } from '../config.ts';
import type { StoreClient } from '../store/client.ts';
import type { RemoteStandings } from '../store/remote-configuration.ts';
import { type Settled, settle } from './lay-over.ts';

export interface Remote {
  /** The file, read anew, and over it what central sets and the box took. @throws ConfigError */
  read(): Config;
  /** Judges anew what central said last: it has said more, or the file may have been changed. */
  look(): void;
  /** For the health report. */
  standing(): ConfigurationStanding;
  /** @param goBy from now on, when what central sets has changed: reads, and goes by it */
  open(goBy: () => Reloaded): void;
  stop(): void;
}

const retryMs = 5000;

/** What a collector is told in secret goes to the one that the box's own file names, and central may not name another. */
function withSecretsKept(file: Config): Config {
  if (otlpHeadersPath(file.tracing, process.env) === null) return file;
  const maySet = file.central.maySet.filter((key) => key !== 'tracing.otlpUrl');
  return { ...file, central: { ...file.central, maySet } };
}

/** @param parts.readFile the box's own file @param parts.onSettled central is to be told soon what became of its word */
export async function openRemote(parts: {
  store: Pick<StoreClient, 'ask'>;
  readFile(): Config;
  onSettled(): void;
  clock: Clock;
  log: Log;
}): Promise<Remote> {
  const { store, clock, log } = parts;
  const readFile = () => withSecretsKept(parts.readFile());
  let standings: RemoteStandings = { offered: null, taken: null };
  let said: ConfigurationStanding = { version: 0, refused: null };
  let goBy: (() => Reloaded) | null = null;
  /** What the program was started with. */
  let startedWith = 0;
  let stopped = false;
  let cancel = () => {};
  let working = Promise.resolve();

  async function turn(): Promise<void> {
    if (stopped) return;
    standings = await store.ask('remoteConfiguration', {});
    const { take, ...settled } = settle(readFile(), standings);
    // Durable before it counts: a box that is unplugged now comes back with it.
    if (take) {
      await store.ask('takeConfiguration', { version: take.version });
      standings = { ...standings, taken: take };
    }
    tell(settled);
  }

  function tell({ counts, refused }: Pick<Settled, 'counts' | 'refused'>): void {
    const next: ConfigurationStanding = { version: counts?.version ?? 0, refused };
    if (JSON.stringify(next) === JSON.stringify(said)) return;
    if (next.version !== said.version) {
      log.info({ version: next.version, keys: Object.keys(counts?.values ?? {}) }, 'set by central');
      change();
    }
    if (refused) log.error(refused, 'what central sets is not taken: what was before goes on');
    said = next;
    parts.onSettled();
  }

  /** What could not be gone by does not count yet. */
  function change(): void {
    const reloaded = goBy?.();
    if (reloaded?.kind === 'refused') throw new Error(reloaded.reason);
  }

  const look = () => {
    cancel();
    working = working.then(turn).catch((error: Error) => {
      log.warn({ error: error.message }, 'what central sets of the configuration is not judged yet');
      if (!stopped) cancel = clock.after(retryMs, look);
    });
  };

  look();
  await working;
  startedWith = said.version;
  return {
    read: () => settle(readFile(), { ...standings, offered: null }).config,
    look,
    standing: () => said,
    open(reload) {
      goBy = reload;
      if (said.version !== startedWith) reload();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
