// What can be done to the boxes while they sell: cut and restore the link, kill the appliance. One act at a time, on the box that is
// chosen.
import type { Program } from '../program.ts';
import type { Box } from '../site.ts';

export interface Acts {
  /** The next box, or the one before; the last is followed by the first. */
  choose(step: 1 | -1): void;
  /** Which of them the others act on, counted from 0. */
  chosen(): number;
  /** @param box the chosen one unless said */
  cut(box?: Box): void;
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

/** @param boxes at least one */
export function createActs(
  boxes: readonly [Box, ...Box[]],
  options: { onEvent: (text: string) => void; onFailed: (error: unknown) => void },
): Acts {
  const { onEvent, onFailed } = options;
  let chosen = 0;
  let busy: string | null = null;
  let crashes = 0;
  let last: Promise<void> = Promise.resolve();
  const chosenBox = () => boxes[chosen] ?? boxes[0];
  /** One alone needs no name. */
  const nameOf = (box: Box) => (boxes.length === 1 ? 'appliance' : box.applianceId);
  const linkOf = (box: Box) => (boxes.length === 1 ? 'link' : `link of ${box.applianceId}`);

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
  const startAgain = async (program: Program, name: string) => {
    const startMs = performance.now();
    await program.start();
    onEvent(`${name} ready again after ${Math.round(performance.now() - startMs)} ms`);
  };

  return {
    choose(step) {
      chosen = (chosen + step + boxes.length) % boxes.length;
    },
    chosen: () => chosen,
    cut(box = chosenBox()) {
      if (box.link.state() === 'cut') return;
      box.link.cut();
      onEvent(`${linkOf(box)} cut`);
    },
    restore() {
      const box = chosenBox();
      if (box.link.state() === 'up') return;
      box.link.restore();
      onEvent(`${linkOf(box)} restored`);
    },
    kill() {
      // A key held down is one wish, not twenty.
      if (busy !== null) return;
      const box = chosenBox();
      const name = nameOf(box);
      act(`killing ${boxes.length === 1 ? 'the appliance' : name} and starting it again`, async () => {
        onEvent(`${name} killed with -9`);
        await box.appliance.kill();
        await startAgain(box.appliance, name);
      });
    },
    crashed(program, how) {
      const box = boxes.find(({ appliance }) => appliance === program);
      const name = box ? nameOf(box) : program.name;
      onEvent(`${name} ${how}`);
      crashes++;
      if (crashes > crashesMax) onFailed(new Error(`${name} ended too often, see ${program.logFile}`));
      else act(`starting ${name} again`, () => startAgain(program, name));
    },
    busy: () => busy,
    idle: () => last,
  };
}
