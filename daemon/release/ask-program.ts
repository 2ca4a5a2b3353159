// Asks a program what it is, by running it once: whether it can be started here at all is seen before anything depends on it.
import { spawn } from 'node:child_process';
import * as z from 'zod';
import type { Log } from '../../kit/log.ts';
import { mayBeTried, ownSchemas, Schemas } from '../store/own-schemas.ts';
import type { ProgramSaid } from './updater.ts';

const Said = z.object({ release: z.string(), schemas: Schemas.optional() });

/** On a slow card 112 MB are read for the first time while kiosks sell: half a minute was not enough for an emulated box. */
const answerMsMax = 180_000;
const answerBytesMax = 16 * 1024;
const complaintBytesMax = 500;

/** @returns what it says; null where it does not answer, and the log has why */
export async function askProgram(
  program: string,
  { packageSchemas, log }: { packageSchemas: Schemas; log: Log },
): Promise<ProgramSaid | null> {
  const { code, answer, ended } = await run(program);
  const said = code === 0 ? Said.safeParse(parseJson(answer)) : null;
  if (!said?.success) {
    log.error({ program, ended }, 'the program does not say what it is');
    return null;
  }
  const { release, schemas } = said.data;
  const readable = schemas !== undefined && mayBeTried(schemas, ownSchemas(), packageSchemas);
  return { release, leavesReadable: readable };
}

interface Ran {
  code: number | null;
  answer: string;
  /** In words, with the end of what it complained of. */
  ended: string;
}

function run(program: string): Promise<Ran> {
  // SIGKILL: one that does not answer may not hear either.
  const limits = { timeout: answerMsMax, killSignal: 'SIGKILL' } as const;
  const child = spawn(program, ['version', '--json'], { stdio: ['ignore', 'pipe', 'pipe'], ...limits });
  let answer = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (answer.length < answerBytesMax) answer += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-complaintBytesMax);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, answer, ended: error.message }));
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
      resolve({ code, answer, ended: [how, complaint.trim()].filter((text) => text !== '').join(': ') });
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
