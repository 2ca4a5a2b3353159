// Time as a parameter. Order comes from seq, durations from the monotonic clock; the wall clock is only reported.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Clock {
  /** What the device believes: milliseconds since 1970, possibly wrong by years. */
  wallMs(): number;
  /** Milliseconds that only grow, counted from the boot named by bootId. */
  monotonicMs(): number;
  /** The boot of the machine, so that monotonic times of two boots are never compared. */
  bootId: string;
  /** Runs `task` once after the delay unless cancelled; returns the cancel. */
  after(delayMs: number, task: () => void): () => void;
}

/** The machine's clock. */
export function systemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    // hrtime is CLOCK_MONOTONIC: the same for every process of one boot.
    monotonicMs: () => Math.floor(Number(process.hrtime.bigint()) / 1e6),
    bootId: machineBootId(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** A clock turned by hand: `advance` moves both times and runs what falls due, in order. */
export function manualClock(
  wallMs = 1_790_000_000_000,
): Clock & { advance(ms: number): void; setWall(ms: number): void } {
  let wall = wallMs;
  let monotonic = 1000;
  let tasks: { due: number; task: () => void }[] = [];
  return {
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    bootId: '00000000-0000-4000-8000-000000000001',
    after(delayMs, task) {
      const timer = { due: monotonic + delayMs, task };
      tasks.push(timer);
      return () => {
        tasks = tasks.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const next = tasks.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (!next) break;
        tasks = tasks.filter((other) => other !== next);
        wall += Math.max(0, next.due - monotonic);
        monotonic = Math.max(monotonic, next.due);
        next.task();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    setWall(ms) {
      wall = ms;
    },
  };
}

/** Linux names each boot; elsewhere a process counts as one. */
function machineBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
