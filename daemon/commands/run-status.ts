// What `holdfast status` finds out and says.
import { unreachable } from '../../kit/assert.ts';
import { loadApplianceIdentity } from '../../provisioning/identity.ts';
import { type Config, readConfig } from '../config.ts';
import { readAwaited } from '../identity/awaiting.ts';
import { type AtRest, readAtRest } from '../store/at-rest.ts';
import { openForReading, orNull } from '../store/salvage/readable.ts';
import { inDoubt } from '../store/salvage/set-aside.ts';
import { askDaemon } from './ask-daemon.ts';
import { type Options, print } from './command.ts';
import { inDoubtRow, runningWords, stoppedWords } from './status-words.ts';

export async function runStatus(options: Options): Promise<void> {
  const config = readConfig(options.config);
  const answered = await askDaemon(config);
  const nowMs = Date.now();
  switch (answered.kind) {
    case 'running':
      return print(options, { running: true, ...answered.status }, runningWords(answered.status, nowMs));
    case 'stopped':
    case 'silent': {
      const why = answered.kind === 'stopped' ? 'the service does not run' : answered.why;
      const applianceId = nameOf(config);
      const atRest = filesOf(config);
      const words = stoppedWords(applianceId ?? 'not enrolled', why, atRest, nowMs);
      const doubts = inDoubt(config.dataFolder);
      const more = doubts > 0 ? `\n${inDoubtRow(doubts)}` : '';
      print(
        options,
        { running: false, why, applianceId, journal: atRest, inDoubt: doubts },
        `${words}${more}`,
      );
      process.exitCode = 1;
      return;
    }
    default:
      return unreachable(answered);
  }
}

/** Null on a box that is not enrolled, or whose identity this account may not read. */
function nameOf({ identityFolder, dataFolder }: Config): string | null {
  try {
    return readAwaited(dataFolder)?.applianceId ?? loadApplianceIdentity(identityFolder).applianceId;
  } catch {
    return null;
  }
}

function filesOf({ dataFolder }: Config): AtRest | null {
  const db = openForReading(dataFolder);
  try {
    return db && orNull(() => readAtRest(db));
  } finally {
    db?.close();
  }
}
