// What the commands of reconciliation share: their settings, a store for short pieces of work, and a line for who waits.
import { join } from 'node:path';
import type { Command } from 'commander';
import { unreachable } from '../../kit/assert.ts';
import { systemClock } from '../../kit/clock.ts';
import { openProcessors } from '../charging/open-processors.ts';
import { type Config, readConfig } from '../config.ts';
import { CommandError } from '../errors.ts';
import { restAsLong } from '../feed/publish.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { actorWords, byCommand } from '../people/actor.ts';
import type { ReportRange } from '../processors/port.ts';
import { type AskedImport, importAsked, nameOf } from '../reconciliation/ask-report.ts';
import { fetchBatch, fetchBatches } from '../reconciliation/fetch-batches.ts';
import { type Fetched, fetchInbox, reportUnavailable } from '../reconciliation/inbox.ts';
import { createSightings } from '../webhooks/sightings.ts';
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
const dayMs = 86_400_000;
/** A payout may come back for five working days, and then its report is another. */
const askedDays = 8;

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
  return fetchInbox(port, inbox, importByHand());
}

/** Which of a processor's reports are wanted; without anything those that are usual. */
export interface Wanted {
  range?: ReportRange;
  batch?: number;
}

/**
 * Asks one processor for its reports and takes them in.
 * @throws CommandError argument_malformed where it is not configured or cannot be asked so; secret_unusable
 */
export async function askByHand(
  config: Config,
  port: LedgerPort,
  processor: string,
  { range, batch }: Wanted = {},
): Promise<Fetched[]> {
  const section = config.processors[processor];
  if (section === undefined) {
    const hint = 'Name a section of [processors] in the configuration.';
    throw new CommandError('argument_malformed', `no processor ${processor} is configured`, hint);
  }
  const one = { processors: { [processor]: section }, routing: [] };
  const sightings = (name: string) => createSightings(name, () => port);
  const { opened } = await openProcessors(one, { clock: systemClock(), env: process.env, sightings });
  const report = opened.get(processor)?.port.report ?? null;
  const way = importByHand();
  switch (report?.kind) {
    case undefined: {
      const hint = 'Set reports in its section, bring its report to the inbox, or import it as a file.';
      throw new CommandError('argument_malformed', `${processor} cannot be asked for a report`, hint);
    }
    case 'rows': {
      if (batch !== undefined) throw otherWay(processor, '--batch', 'Name a time by --from and --until.');
      const asked = { processor, format: section.adapter, ask: report.ask };
      const within = range ?? usualRange(Date.now());
      const made = await importAsked(port, { ...asked, range: within }, config.dataFolder, way);
      const source = { side: 'processor' as const, source: processor };
      return [{ source, name: nameOf(within), outcome: outcomeOf(made) }];
    }
    case 'files': {
      if (range !== undefined) throw otherWay(processor, '--from and --until', 'Name one report by --batch.');
      const inbox = config.reconciliation.inbox ?? join(config.dataFolder, 'inbox');
      const reports = { processor, format: section.adapter, files: report, inbox };
      return batch === undefined
        ? fetchBatches(port, reports, way)
        : [await fetchBatch(port, reports, batch, way)];
    }
    default:
      return unreachable(report);
  }
}

function otherWay(processor: string, options: string, hint: string): CommandError {
  return new CommandError('argument_malformed', `${processor} cannot be asked by ${options}`, hint);
}

function outcomeOf(made: AskedImport): Fetched['outcome'] {
  if (made.kind === 'unavailable') return reportUnavailable(made.code);
  return { kind: made.known ? 'known' : 'imported', file: made.file };
}

/** Up to the last midnight (UTC): asked for again on the same day it is the same report. */
export function usualRange(nowMs: number): ReportRange {
  const untilMs = Math.floor(nowMs / dayMs) * dayMs;
  return { fromMs: untilMs - askedDays * dayMs, untilMs };
}

function importByHand() {
  const { by, nowMs, rest, progress } = byHand();
  return { by, nowMs, rest, progress: (items: number) => progress(`${items} read`) };
}
