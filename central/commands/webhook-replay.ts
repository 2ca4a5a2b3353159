// `webhook replay`: works events once more, from the first try: one, all that are dead, or all that came within a time.
import { type Command, Option } from 'commander';
import { CommandError } from '../errors.ts';
import { byCommand } from '../people/actor.ts';
import type { ReplayWhich } from '../webhooks/port.ts';
import { counted, databaseCommand } from './command.ts';
import { withStore } from './open-store.ts';
import { reasonOption } from './reason-option.ts';
import { processorOption } from './webhook-list.ts';
import { eventAmbiguous, eventUnknown } from './webhook-show.ts';

interface Options {
  processor?: string;
  dead?: boolean;
  from?: number;
  until?: number;
  reason: string;
}

export function webhookReplay(): Command {
  return databaseCommand(
    {
      name: 'replay',
      description: 'work events once more; the running service begins at once',
      arguments: [['[event]', "the processor's id of one event"]],
      options: [
        processorOption(),
        new Option('--dead', 'all that were given up'),
        momentOption('--from <time>', 'all received from then on'),
        momentOption('--until <time>', 'and before then'),
        reasonOption(),
      ],
      help: 'Times are as in 2026-11-24T14:00:00Z.\nWhat was applied before changes nothing when it is applied again.',
      examples: [
        'webhook replay evt_1Q2w --reason "the charge is known now" --config central.toml',
        'webhook replay --dead --reason "the disk has room again" --config central.toml',
        'webhook replay --from 2026-11-24T14:00Z --until 2026-11-24T15:00Z --reason "wrong release" --config central.toml',
      ],
    },
    (dataFolder, options: Options, eventId: string | undefined) => {
      const which = whichOf(options, eventId);
      const by = byCommand();
      const { reason } = options;
      const replayed = withStore(dataFolder, (store) => store.replayWebhooks({ which, reason }, by));
      switch (replayed.kind) {
        case 'replayed':
          return {
            result: { events: replayed.events },
            words: `${counted(replayed.events, 'event')} put back`,
          };
        case 'event_unknown':
          throw eventUnknown(eventId ?? '');
        case 'event_ambiguous':
          throw eventAmbiguous(eventId ?? '');
      }
    },
  );
}

/** @throws CommandError argument_malformed */
function whichOf({ processor, dead, from, until }: Options, eventId: string | undefined): ReplayWhich {
  const named = { processor: processor ?? null };
  const range = from !== undefined && until !== undefined;
  const ways = [eventId !== undefined, dead === true, from !== undefined || until !== undefined];
  if (ways.filter(Boolean).length === 1) {
    if (eventId !== undefined) return { kind: 'one', eventId, ...named };
    if (dead) return { kind: 'dead', ...named };
    if (range) return { kind: 'received', fromMs: from, untilMs: until, ...named };
  }
  const hint = 'Give the id of an event, or --dead, or both --from and --until.';
  throw new CommandError('argument_malformed', 'it is not clear what to replay', hint);
}

function momentOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const moment = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(moment)) return moment;
    throw new CommandError(
      'argument_malformed',
      `'${text}' is no time`,
      'Write it as 2026-11-24T14:00:00Z, with its zone.',
    );
  });
}
