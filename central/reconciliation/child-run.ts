// A command as a process of its own, the same that a person gives: its memory goes back whole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Log } from '../../kit/log.ts';
import { thisProgram } from '../../kit/this-program.ts';

export interface ChildRuns {
  /**
   * Resolves when it has ended; what it said is in the log.
   * @param args of this program: the command and its options
   */
  run(args: readonly string[]): Promise<'done' | 'failed'>;
  /** Ends the one that is at work: the next one goes on from what it did. */
  stop(): Promise<void>;
}

const outputCharsMax = 4000;

/** @param what is run, for the log */
export function createChildRuns(what: string, log: Log): ChildRuns {
  const state: { child: ReturnType<typeof spawn> | null } = { child: null };
  return {
    async run(args) {
      const own = thisProgram();
      const child = spawn(own.command, [...own.args, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      state.child = child;
      let said = '';
      const keep = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-outputCharsMax);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const [code] = await once(child, 'close');
      state.child = null;
      if (code === 0) log.info({ said }, `${what} is done`);
      else log.error({ code, said }, `${what} failed`);
      return code === 0 ? 'done' : 'failed';
    },
    async stop() {
      const { child } = state;
      if (child === null) return;
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
