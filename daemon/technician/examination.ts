// `holdfast doctor`, run for a technician's page or for central: by this program anew, so that neither the store nor a kiosk waits for a look
// at the disk, and what the look takes in memory goes with it. One at a time, for a bounded time; all see what it found.
import { type ChildProcess, execFile } from 'node:child_process';
import * as z from 'zod';
import { type Examination, TechnicianView } from '../../contract/technician-api.ts';
import type { Clock } from '../../kit/clock.ts';
import { thisProgram } from '../../kit/this-program.ts';

type Ended = Extract<Examination, { kind: 'done' | 'failed' }>;

export interface Examiner {
  standing(): Examination;
  /** Begins one, unless one runs. */
  start(): void;
  /** The same, and tells what the one that runs came to; rejects never. */
  examine(): Promise<Ended>;
  /** Ends the one that runs. */
  stop(): void;
}

/** Its steps are bounded each, and come to half of this. */
const examinationMsMax = 60_000;
const answerBytesMax = 256 * 1024;
const [, , Done] = TechnicianView.shape.examination.options;
const Answer = z.object({ checks: Done.shape.checks });

/** @param program how this program is started; the examined configuration is that of the one that runs */
export function createExaminer(
  configPath: string,
  clock: Pick<Clock, 'wallMs'>,
  program = thisProgram(),
): Examiner {
  let standing: Examination = { kind: 'never' };
  let child: ChildProcess | null = null;
  let running: Promise<Ended> | null = null;

  function begin(): Promise<Ended> {
    standing = { kind: 'running', sinceMs: clock.wallMs() };
    const words = [...program.args, 'doctor', '--json', '--config', configPath];
    const limits = { timeout: examinationMsMax, killSignal: 'SIGKILL', maxBuffer: answerBytesMax } as const;
    return new Promise((resolve) => {
      child = execFile(program.command, words, limits, (error, stdout) => {
        const ended = found(stdout, error, clock.wallMs());
        child = null;
        running = null;
        standing = ended;
        resolve(ended);
      });
    });
  }
  const examine = () => {
    running ??= begin();
    return running;
  };

  return {
    standing: () => standing,
    start: () => void examine(),
    examine,
    stop: () => void child?.kill('SIGKILL'),
  };
}

/** Its exit code says what it found, and is no failure. */
function found(stdout: string, error: (Error & { killed?: boolean }) | null, atMs: number): Ended {
  const answer = Answer.safeParse(parsed(stdout));
  if (answer.success) return { kind: 'done', atMs, checks: answer.data.checks };
  const words = error?.killed
    ? `It was ended after ${examinationMsMax / 1000} s. At the box: holdfast doctor`
    : 'It could not be run. At the box: holdfast doctor';
  return { kind: 'failed', atMs, words };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
