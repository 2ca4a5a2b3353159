// What the commands of reconciliation share: their settings, a store for short pieces of work, and a line for who waits.
import type { Command } from 'commander';
import { type Config, readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { restAsLong } from '../feed/publish.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { actorWords, byCommand } from '../people/actor.ts';
import { type Fetched, fetchInbox } from '../reconciliation/inbox.ts';
import { type CommandShape, command, configOption, type Said } from './command.ts';

/** A command that needs more of the configuration than where the database lies. */
export function configuredCommand<Options extends object, Args extends unknown[]>(
  shape: CommandShape,
  run: (config: Config, options: Options, ...args: Args) => Said | Promise<Said>,
): Command {
  const options = [configOption().makeOptionMandatory(), ...(shape.options ?? [])];
  return command<Options & { config: string }, Args>({ ...shape, options }, (given, ...args) =>
    run(readConfig(given.config), given, ...args),
  );
}

const sayEveryMs = 2000;

/** Who does it and at what pace; long work says on stderr how far it is. */
export function byHand() {
  let saidMs = performance.now();
  const say = (words: string) => process.stderr.write(`${words}\n`);
  return {
    by: actorWords(byCommand().actor),
    nowMs: Date.now,
    rest: restAsLong,
    say,
    /** Says it if nothing was said for a while. */
    progress(words: string) {
      if (performance.now() - saidMs < sayEveryMs) return;
      saidMs = performance.now();
      say(words);
    },
  };
}

/**
 * Takes in what lies in the inbox.
 * @throws CommandError config_malformed without an inbox
 */
export function fetchByHand({ reconciliation: { inbox } }: Config, port: LedgerPort): Promise<Fetched[]> {
  if (inbox === undefined) {
    const hint = 'Set inbox in the [reconciliation] table of the configuration.';
    throw new CommandError('config_malformed', 'no inbox is configured', hint);
  }
  const { by, nowMs, rest, progress } = byHand();
  return fetchInbox(port, inbox, { by, nowMs, rest, progress: (items) => progress(`${items} read`) });
}
