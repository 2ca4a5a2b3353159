// What can be done to the site while it sells: cut and restore the link, kill the appliance. One act at a time.
import type { Program } from '../program.ts';
import type { Site } from '../site.ts';

export interface Acts {
  cut(): void;
  restore(): void;
  /** SIGKILL, and a new start at once. */
  kill(): void;
  /** A program ended by itself: it is started again, as a supervisor would. */
  crashed(program: Program, how: string): void;
  /** What is under way, for the view. */
  busy(): string | null;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/** A supervisor gives up on a program that keeps falling over, and so do we. */
const crashesMax = 5;

export function createActs(
  site: Site,
  options: { onEvent: (text: string) => void; onFailed: (error: unknown) => void },
): Acts {
  const { onEvent, onFailed } = options;
  let busy: string | null = null;
  let crashes = 0;
  let last: Promise<void> = Promise.resolve();

  /** Acts follow each other. */
  const act = (name: string, task: () => Promise<void>) => {
    last = last
      .then(() => {
        busy = name;
        return task();
      })
      .catch(onFailed)
      .finally(() => {
        busy = null;
      });
  };
  const startAgain = async (program: Program) => {
    const startMs = performance.now();
    await program.start();
    onEvent(`${program.name} ready again after ${Math.round(performance.now() - startMs)} ms`);
  };

  return {
    cut() {
      if (site.link.state() === 'cut') return;
      site.link.cut();
      onEvent('link cut');
    },
    restore() {
      if (site.link.state() === 'up') return;
      site.link.restore();
      onEvent('link restored');
    },
    kill() {
      // A key held down is one wish, not twenty.
      if (busy !== null) return;
      act('killing the appliance and starting it again', async () => {
        onEvent('appliance killed with -9');
        await site.appliance.kill();
        await startAgain(site.appliance);
      });
    },
    crashed(program, how) {
      onEvent(`${program.name} ${how}`);
      crashes++;
      if (crashes > crashesMax)
        onFailed(new Error(`${program.name} ended too often, see ${program.logFile}`));
      else act(`starting ${program.name} again`, () => startAgain(program));
    },
    busy: () => busy,
    idle: () => last,
  };
}
