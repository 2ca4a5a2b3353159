// All checks of `holdfast doctor`, in the order in which a technician goes: who the box is, the machine, the journal, the
// way to central, and what the running service says. Each stands alone: one that fails keeps no other from being made.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../kit/clock.ts';
import { releaseMadeAtMs } from '../../kit/version.ts';
import { type ApplianceIdentity, loadApplianceIdentity } from '../../provisioning/identity.ts';
import { type Answered, askDaemon } from '../commands/ask-daemon.ts';
import type { Config } from '../config.ts';
import { readAwaited } from '../identity/awaiting.ts';
import { believedMs, certifiedFromMs, timeKnown } from '../identity/server-time.ts';
import { askStanding, type Standing } from '../identity/standing.ts';
import { readAtRest, readOldestUnreceivedMs } from '../store/at-rest.ts';
import { openKioskRegistry } from '../store/kiosks/registry.ts';
import { openForReading, orNull } from '../store/salvage/readable.ts';
import { inDoubt, openNotes } from '../store/salvage/set-aside.ts';
import { verifyJournal, verifyNewest } from '../store/salvage/verify.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';
import { judgeClock, judgeMemory, judgeSpace, judgeSpeed, judgeUnit, judgeWear } from './judge-box.ts';
import { judgeReached, judgeStanding } from './judge-link.ts';
import {
  judgeCertificate,
  judgeCondition,
  judgeExposure,
  judgeFeed,
  judgeJournal,
  judgeKiosks,
  judgeReceipts,
  judgeSetAside,
} from './judge-till.ts';
import {
  lookAtMemory,
  lookAtSpace,
  lookAtSynchronised,
  lookAtUnit,
  lookAtWear,
  trySyncs,
} from './look-at-box.ts';
import { reach } from './look-at-link.ts';

export interface Examined {
  /** Read every entry, and not the newest alone. */
  thorough: boolean;
  nowMs: number;
}

const newestEntries = 10_000;
const mqttsPort = 8883;

/** @param onCheck is told each as it is made */
export async function examine(
  config: Config,
  how: Examined,
  onCheck: (check: Check) => void,
): Promise<Check[]> {
  const made: Check[] = [];
  const say = (...checks: Check[]) => {
    for (const check of checks) {
      made.push(check);
      onCheck(check);
    }
  };
  say(ok('configuration', 'valid'));
  const identity = readIdentity(config, say);
  const past = identity ? [certifiedFromMs(identity)] : [];
  const time = timeKnown(how.nowMs, releaseMadeAtMs, ...past);
  const nowMs = believedMs(time);
  if (identity) {
    const ends = Date.parse(new X509Certificate(identity.certificateDer).validTo);
    say(judgeCertificate('certificate', ends, nowMs, 'Run: holdfast renew. It sells on meanwhile.'));
  }
  say(...lanChecks(config, nowMs));

  const space = lookAtSpace(config.dataFolder, config.journal.reserveBytes);
  say(space ? judgeSpace(space) : unknown('disk_space', `${config.dataFolder} is not there yet`));
  say(judgeSpeed(trySyncs(config.dataFolder)), judgeWear(lookAtWear()), judgeMemory(lookAtMemory()));
  say(judgeUnit(await lookAtUnit()));

  say(...tillChecks(config, how));

  const { hostname, port } = new URL(config.central.url);
  const brokerPort = Number(port || mqttsPort);
  say(...judgeReached(await reach(hostname, brokerPort, identity, time), hostname, brokerPort));
  const standing =
    identity && config.central.est ? await askStanding(config.central.est, identity, time) : null;
  if (identity) say(judgeStanding(standing));
  say(judgeClock(aheadOf(standing, how.nowMs), await lookAtSynchronised()));

  say(...serviceChecks(await askDaemon(config), how.nowMs));
  return made;
}

function readIdentity(
  { identityFolder, dataFolder }: Config,
  say: (check: Check) => void,
): ApplianceIdentity | null {
  try {
    const identity = loadApplianceIdentity(identityFolder);
    say(ok('identity', `this is ${identity.applianceId}`));
    return identity;
  } catch (error) {
    const awaited = orNull(() => readAwaited(dataFolder));
    if (awaited) {
      const firstHint =
        'It sells offline; the first contact enrols it. Look at the link if it should have one.';
      say(warning('identity', `this is ${awaited.applianceId}, and awaits its first contact`, firstHint));
      return null;
    }
    const { message, hint = '' } = error as Error & { hint?: string };
    const enrolled = existsSync(join(identityFolder, 'appliance.key'));
    say(fault('identity', message, enrolled ? hint : 'Run: holdfast enrol'));
    return null;
  }
}

function lanChecks({ http: { lan } }: Config, nowMs: number): Check[] {
  if (!lan) return [];
  const code = 'lan_certificate';
  const hint =
    'Have a new one made at central (holdfast-central kiosk-tls create), then: systemctl reload holdfast';
  try {
    const ends = Date.parse(new X509Certificate(readFileSync(lan.certificateFile)).validTo);
    return [judgeCertificate(code, ends, nowMs, hint)];
  } catch (error) {
    return [fault(code, `${lan.certificateFile}: ${(error as Error).message}`, hint)];
  }
}

function tillChecks({ dataFolder }: Config, { thorough, nowMs }: Examined): Check[] {
  const db = openForReading(dataFolder);
  const checks: Check[] = [];
  try {
    const verified = db && (thorough ? verifyJournal(db, () => {}) : verifyNewest(db, newestEntries));
    checks.push(judgeJournal(verified));
    if (db) checks.push(judgeSetAside(openNotes(dataFolder).length, inDoubt(dataFolder)));
    const atRest = db && orNull(() => readAtRest(db));
    checks.push(judgeReceipts(atRest, db && orNull(() => readOldestUnreceivedMs(db)), nowMs));
  } finally {
    db?.close();
  }
  if (!existsSync(join(dataFolder, 'kiosks.db'))) return [...checks, judgeKiosks(0, 0)];
  try {
    const registry = openKioskRegistry(dataFolder, systemClock());
    const { kiosks, codes } = registry.list();
    registry.close();
    return [...checks, judgeKiosks(kiosks.length, codes.length)];
  } catch (error) {
    const hint = 'The service sets a damaged kiosks.db aside at its next start; then pair every kiosk again.';
    return [...checks, fault('kiosks', (error as Error).message, hint)];
  }
}

function aheadOf(standing: Standing | null, nowMs: number): number | null {
  return standing?.kind === 'accepted' ? nowMs - standing.centralNowMs : null;
}

function serviceChecks(answered: Answered, nowMs: number): Check[] {
  const code = 'service';
  switch (answered.kind) {
    case 'running': {
      const { status } = answered;
      return [
        ok(code, `it answers, release ${status.release}`),
        judgeFeed(status),
        judgeExposure(status),
        ...status.conditions.map((condition) => judgeCondition(condition, nowMs)),
      ];
    }
    case 'stopped':
      return [fault(code, 'nobody answers: the service does not run', 'Run: systemctl start holdfast')];
    case 'silent':
      return [unknown(code, answered.why)];
  }
}
