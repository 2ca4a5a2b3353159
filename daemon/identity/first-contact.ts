// Before the first contact: a box that sells by a bundle knocks at central until somebody answers, then has the enrolment
// finished by this same program in a process of its own, as a technician would. So the daemon never loads what makes
// certificates, and what is interrupted continues.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Condition } from '../../contract/kiosk-api.ts';
import { backoffDelayMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { thisProgram } from '../../kit/this-program.ts';
import type { ApplianceIdentity } from '../../provisioning/identity.ts';
import type { Awaited } from './awaiting.ts';
import { openConnection } from './central-connection.ts';
import { hasIdentity, readIdentity } from './identity-folder.ts';

export interface FirstContactParts {
  awaited: Awaited;
  /** Where certificates are had; the bundle has written it into the configuration. */
  est: string | null;
  configPath: string;
  identityFolder: string;
  attemptMsMax: number;
  /** The box is enrolled: by us, or by a technician meanwhile. */
  become(identity: ApplianceIdentity): void;
  clock: Clock;
  random: () => number;
  log: Log;
}

export interface FirstContact {
  condition(): Condition;
  stop(): Promise<void>;
}

type Attempt =
  /** Nobody has answered yet. */
  | { kind: 'knocking' }
  /** Somebody answered, and it did not come to an end. */
  | { kind: 'failed'; words: string }
  /** Central does not take the code: only a person can help. */
  | { kind: 'refused'; words: string };

const runMsMax = 120_000;
const attemptMsBase = 1000;
const outputCharsMax = 4000;

export function startFirstContact(parts: FirstContactParts): FirstContact {
  const { awaited, est, identityFolder, clock, random, log } = parts;
  let attempt: Attempt = { kind: 'knocking' };
  let attempts = 0;
  let stopped = false;
  let cancel: () => void = () => {};
  let child: ReturnType<typeof spawn> | null = null;

  const next = () => {
    const limits = { delayMsBase: attemptMsBase, delayMsMax: parts.attemptMsMax };
    cancel = clock.after(backoffDelayMs(limits, attempts++, random), () => void round());
  };
  next();
  return {
    condition: () => conditionOf(attempt, awaited),
    async stop() {
      stopped = true;
      cancel();
      const running = child;
      if (!running) return;
      running.kill('SIGTERM');
      await once(running, 'close');
    },
  };

  async function round(): Promise<void> {
    try {
      if (!hasIdentity(identityFolder) && attempt.kind !== 'refused' && (await answers())) await complete();
      if (stopped) return;
      if (hasIdentity(identityFolder)) {
        log.info({ attempts }, 'first contact: this box is enrolled');
        parts.become(readIdentity(identityFolder));
        return;
      }
    } catch (error) {
      log.error({ error: (error as Error).message }, 'first contact failed');
    }
    if (!stopped) next();
  }

  /** A process for each try of a link that is not there would be dear. */
  async function answers(): Promise<boolean> {
    if (est === null) return false;
    return openConnection(est).then(
      (connection) => {
        connection.close();
        return true;
      },
      () => false,
    );
  }

  async function complete(): Promise<void> {
    const own = thisProgram();
    const running = spawn(own.command, [...own.args, 'enrol', '--config', parts.configPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: runMsMax,
    });
    child = running;
    let said = '';
    running.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-outputCharsMax);
    });
    running.on('error', (error) => {
      said = error.message;
    });
    const [code] = await once(running, 'close');
    child = null;
    if (code === 0 || stopped) return;
    const before = attempt;
    attempt = judgeAttempt(said);
    if (attempt.kind !== before.kind)
      log.warn({ said: attempt.words }, 'central answers, and does not enrol this box');
  }
}

/** @param said what `holdfast enrol` wrote to stderr: "holdfast: code: words" */
export function judgeAttempt(said: string): Exclude<Attempt, { kind: 'knocking' }> {
  const words = /^holdfast: (.*)$/m.exec(said)?.[1] ?? said.trim().slice(-300);
  // The code is forgotten once it was refused: what comes after that is the same refusal.
  const refused = /^(code_refused|slip_missing|certificate_revoked): /.test(words);
  return { kind: refused ? 'refused' : 'failed', words };
}

function conditionOf(attempt: Attempt, { applianceId, madeMs, expiresMs }: Awaited): Condition {
  const [made, ends] = [madeMs, expiresMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
  switch (attempt.kind) {
    case 'knocking':
    case 'failed': {
      const more = attempt.kind === 'failed' ? ` Central answers, but: ${attempt.words}.` : '';
      const hint = `Sells by the bundle of ${made}, and hands nothing over until the first contact, which must come by ${ends}.${more}`;
      return { code: 'awaiting_first_contact', hint, sinceMs: 0 };
    }
    case 'refused': {
      const hint = `Central does not take the bundle's code (${attempt.words}). Selling goes on, nothing is handed over: have central make a code for ${applianceId}, then run holdfast enrol with it.`;
      return { code: 'first_contact_refused', hint, sinceMs: 0 };
    }
  }
}
