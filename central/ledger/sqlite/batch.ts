// Group commit: all commands that wait, one transaction, one sync of the disk; only then the answers.
import type { LedgerCalls } from '../port.ts';
import type { SqliteStore } from './store.ts';

export type CallName = keyof LedgerCalls;

export interface Command {
  id: number;
  name: CallName;
  args: unknown[];
}

export type Answer = { id: number; ok: true; value: unknown } | { id: number; ok: false; error: Error };

/**
 * Does the commands in their order and gives the answers after the commit, never before: a receipt that was sent
 * before its entries were on the disk would free journal rows that a loss of power then takes away for good.
 * When the transaction fails, each command gets one of its own, so that one that cannot be done hurts no other.
 */
export function executeBatch(
  store: SqliteStore,
  commands: readonly Command[],
  answer: (answers: Answer[]) => void,
): void {
  answer(commit(store, commands) ?? commands.map((command) => commitAlone(store, command)));
}

/** The answers, durable; null when the transaction failed and nothing was changed. */
function commit(store: SqliteStore, commands: readonly Command[]): Answer[] | null {
  try {
    return store.transaction(() => commands.map((command) => execute(store, command)));
  } catch {
    return null;
  }
}

function commitAlone(store: SqliteStore, command: Command): Answer {
  try {
    return store.transaction(() => execute(store, command));
  } catch (error) {
    return { id: command.id, ok: false, error: error as Error };
  }
}

function execute(store: SqliteStore, { id, name, args }: Command): Answer {
  // The name was typed where the command was made; the arguments come with it.
  const call = store[name] as (...args: unknown[]) => unknown;
  return { id, ok: true, value: call(...args) };
}
