// The room at work: the updater, and the proof of a program on trial.
import type { HealthReport } from '../../contract/health.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { readMinisignKey } from '../../kit/minisign.ts';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import { architectures } from '../../provisioning/release-list.ts';
import type { Config } from '../config.ts';
import type { StoreClient } from '../store/client.ts';
import { askProgram } from './ask-program.ts';
import { createCentralSource } from './central-source.ts';
import { type Fetched, fetchRelease } from './fetch.ts';
import type { Launched } from './launch.ts';
import { backlogAgeMs, type ProofLook, startProving } from './prove.ts';
import { openSlotsFile } from './slots-file.ts';
import { startUpdater } from './updater.ts';

export interface Releases {
  /** For the health report; absent where the box takes none. */
  view(): HealthReport['slots'];
  stop(): void;
}

const lookEveryMsMax = 5000;

export function startReleases(parts: {
  config: Pick<Config, 'releases' | 'central'>;
  launched: Launched;
  release: string;
  store: StoreClient;
  identity(): ApplianceIdentity | null;
  online(): Promise<boolean>;
  probe: ProofLook['probe'];
  /** Checkouts whose kiosks have no answer yet. */
  inFlight(): number;
  restart(reason: string): void;
  /** What is told central of the release has changed: it is told soon. */
  onEnded(): void;
  clock: Clock;
  log: Log;
}): Releases {
  const { config, launched, store, clock, log } = parts;
  const { releases } = config;
  if (releases === null) return { view: () => undefined, stop: () => {} };
  const { quietSeconds, steadySeconds, provingMinutesMax } = releases;
  const { est } = config.central;
  const files = openSlotsFile(releases.folder);
  const keys = releases.keys.flatMap((text) => readMinisignKey(text) ?? []);
  const architecture = architectures.find((one) => one === process.arch);
  const refused: Fetched = { kind: 'refused', reason: 'release_of_another_architecture' };
  const fetch = async (release: string): Promise<Fetched> => {
    if (est === null) throw new Error('central.est does not say where releases are');
    if (!architecture) return refused;
    const source = createCentralSource({ est, identity: parts.identity, time: () => store.ask('time', {}) });
    const { bytesMax } = releases;
    return fetchRelease({ release, architecture, keys, bytesMax, folder: files.fetching, source });
  };
  const stopProving = startProving({
    ...{ files, launched, restart: parts.restart, onEnded: parts.onEnded, clock, log },
    times: {
      lookEveryMs: Math.min(lookEveryMsMax, steadySeconds * 500),
      steadyMs: steadySeconds * 1000,
      provingMsMax: provingMinutesMax * 60_000,
    },
    look: {
      selfCheck: () => store.ask('selfCheck', {}),
      oldestUnreceivedMs: () => backlogAgeMs(store),
      online: parts.online,
      probe: parts.probe,
    },
  });
  const updater = startUpdater({
    ...{ files, launched, release: parts.release, store, fetch, online: parts.online },
    askProgram: (program: string) => askProgram(program, { packageSchemas: launched.packageSchemas, log }),
    ...{
      restart: parts.restart,
      onEnded: parts.onEnded,
      quietMsMin: quietSeconds * 1000,
      inFlight: parts.inFlight,
    },
    ...{ clock, random: Math.random, log },
  });
  return {
    view: updater.view,
    stop() {
      stopProving();
      updater.stop();
    },
  };
}
