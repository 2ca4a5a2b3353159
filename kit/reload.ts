// Reading the configuration again while the program runs: everything new is read and judged before anything is taken, so
// that a mistake in the file, or half of a new certificate, changes nothing.
import { changedKeys } from './config-changes.ts';
import type { LeveledLog, Log } from './log.ts';

/** A part of the program that may change while it runs. */
export interface ReloadPart<C> {
  /**
   * Reads and judges all that it would take, and changes nothing.
   * @returns how to take it, and what is new about it beside the configuration, for the log; null when nothing is
   * @throws what is wrong: then no part takes anything
   */
  read(config: C): { take(): void; news: string | null };
}

export interface ReloadOptions<C> {
  /** As the program was started. */
  config: C;
  /** Reads the file again. @throws what is wrong with it */
  read(): C;
  /** The keys that the parts take; whatever else differs needs a restart, and is named. */
  liveKeys: readonly string[];
  parts: readonly ReloadPart<C>[];
  log: Log;
}

export type Reloaded =
  | { kind: 'taken'; changed: string[]; needsRestart: string[] }
  /** What was before goes on. */
  | { kind: 'refused'; reason: string };

/** @returns what reads and takes it, each time it is called; never throws */
export function createReload<C>({ config, read, liveKeys, parts, log }: ReloadOptions<C>): () => Reloaded {
  const live = new Set(liveKeys);
  /** The newest that was taken: what counts for the keys that are live. */
  let taken = config;

  return () => {
    let next: C;
    let prepared: ReturnType<ReloadPart<C>['read']>[];
    try {
      next = read();
      prepared = parts.map((part) => part.read(next));
    } catch (error) {
      const { message, hint } = error as Error & { hint?: string };
      log.error({ error: message, hint }, 'not reloaded: going on with what was before');
      return { kind: 'refused', reason: message };
    }
    for (const { take } of prepared) take();
    const news = prepared.flatMap(({ news }) => news ?? []);
    const changed = [...changedKeys(taken, next).filter((key) => live.has(key)), ...news];
    const needsRestart = changedKeys(config, next).filter((key) => !live.has(key));
    taken = next;
    log.info({ changed }, 'reloaded');
    if (needsRestart.length > 0) log.warn({ needsRestart }, 'these keys count from the next start on');
    return { kind: 'taken', changed, needsRestart };
  };
}

/** The level of the log, which both programs take anew. */
export function logPart(log: LeveledLog): ReloadPart<{ log: { level: string } }> {
  return {
    read: ({ log: { level } }) => ({
      take() {
        log.level = level;
      },
      news: null,
    }),
  };
}
